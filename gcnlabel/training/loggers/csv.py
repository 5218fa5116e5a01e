"""Lightning's CSV logger."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import CSVLogger
from pydantic import PositiveInt

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("csv")
def csv(folder: Path, *, flush_steps: PositiveInt = 100) -> CSVLogger:
    """Return Lightning's CSV logger, which writes to ``logs/csv/``; ``metrics.csv`` is always written.

    Args:
        folder: Folder of logs in the run folder.
        flush_steps: Number of logged steps after which the file is written.
    """
    return CSVLogger(folder, name="csv", flush_logs_every_n_steps=flush_steps)
