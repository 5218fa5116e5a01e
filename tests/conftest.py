"""What the tests share."""

import gc
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from gcnlabel.cli.main import COLLECTION
from gcnlabel.run.ensembles import fitting

os.environ["CUDA_VISIBLE_DEVICES"] = ""  # tests are about numbers that a CPU gives, and about two of its processes
gc.set_threshold(*COLLECTION)  # a twelfth of the time otherwise
for name in ("SIGINT", "SIGHUP"):  # ignored where the tests run in the background, and so in what they start
    if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN:
        signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
fitting.MIN_STEPS, fitting.FACTORS = 0, (1.0,)  # the default's base models as long as configs say, at their rates
ROOT = Path(__file__).parent.parent
STUDIES = ("ablation.experiment", "cross_validation.running", "zero_shot.experiment")
IMPORTED = [*(f"gcnlabel.studies.{name}" for name in STUDIES), "gcnlabel.faces.cache.prepare"]
"""What the server of a session's worker processes imports once; each worker would take seconds for it."""
if "forkserver" in multiprocessing.get_all_start_methods():
    from multiprocessing import forkserver

    preload = forkserver.set_forkserver_preload
    forkserver.set_forkserver_preload = lambda names: preload([*names, *IMPORTED])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, or a skip where it is absent."""
    folder = ROOT / os.environ.get("GCNLABEL_DATA", "../shared/data")
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}: set GCNLABEL_DATA to run this test")
    return folder
