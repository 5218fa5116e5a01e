"""TensorBoard."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import TensorBoardLogger

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("tensorboard", package="tensorboard")
def tensorboard(folder: Path) -> TensorBoardLogger:
    """Return the logger for TensorBoard, which writes to ``logs/tensorboard/`` (extra ``tensorboard``).

    Args:
        folder: Folder of logs in the run folder.
    """
    return TensorBoardLogger(folder, name="tensorboard")
