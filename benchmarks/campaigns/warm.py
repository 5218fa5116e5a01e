"""What is imported once, in the process that all trials are forked from; nothing of it may start threads."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import pkgutil
import warnings

os.environ.update(OMP_NUM_THREADS="1", POLARS_MAX_THREADS="1", CUDA_VISIBLE_DEVICES="", MPLBACKEND="Agg")
warnings.simplefilter("ignore")
logging.disable(logging.INFO)

import gcnlabel  # noqa: E402

for module in pkgutil.walk_packages(gcnlabel.__path__, "gcnlabel."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
gc.collect()
gc.freeze()  # children that collect garbage would copy every page
