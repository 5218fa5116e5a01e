"""Weights & Biases."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import WandbLogger

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("wandb", package="wandb")
def wandb(folder: Path, *, project: str = "gcnlabel", run: str | None = None, offline: bool = True) -> WandbLogger:
    """Return the logger to Weights & Biases (extra ``wandb``).

    Args:
        folder: Folder of logs in the run folder.
        project: Name of the project.
        run: Name of the run; null for the name of the run folder.
        offline: Whether to write only to ``logs/wandb/``, for ``wandb sync``, instead of sending.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return WandbLogger(name=run or folder.parent.name, project=project, save_dir=folder, offline=offline)
