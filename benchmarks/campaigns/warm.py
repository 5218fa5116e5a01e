"""What is imported once, in the process that all trials are forked from; nothing of it may start threads."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import warnings

os.environ.update(OMP_NUM_THREADS="1", POLARS_MAX_THREADS="1", CUDA_VISIBLE_DEVICES="", MPLBACKEND="Agg")
warnings.simplefilter("ignore")
logging.disable(logging.INFO)

from gcnlabel.cli.listing import command_files, command_module  # noqa: E402

MODULES = ("ablation", "annotations", "estimators", "export", "figures", "prediction", "published", "reproduce", "run")
for name in MODULES:
    importlib.import_module(f"gcnlabel.{name}")
for command in command_files():
    command_module(command)
gc.collect()
gc.freeze()  # children that collect garbage would copy every page
