"""A CSV file of Lightning's own."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import CSVLogger
from pydantic import PositiveInt

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("csv")
def csv(folder: Path, *, flush_steps: PositiveInt = 100) -> CSVLogger:
    """Return what writes Lightning's CSV file, in ``logs/csv/``; ``metrics.csv`` is there anyway.

    Args:
        folder: Folder of logs in the run folder.
        flush_steps: Logged steps after which it is written.
    """
    return CSVLogger(folder, name="csv", flush_logs_every_n_steps=flush_steps)
