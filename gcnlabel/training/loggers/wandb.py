"""Weights & Biases."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import WandbLogger

from gcnlabel.training.loggers.logger import LOGGERS


@LOGGERS.register("wandb", package="wandb")
def wandb(folder: Path, *, project: str = "gcnlabel", run: str | None = None, offline: bool = True) -> WandbLogger:
    """Return what logs to Weights & Biases (extra ``wandb``).

    Args:
        folder: Folder of logs in the run folder.
        project: Project there.
        run: Name of the run there; null for that of the run folder.
        offline: Write into ``logs/wandb/`` alone, for ``wandb sync``; else send it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return WandbLogger(name=run or folder.parent.name, project=project, save_dir=folder, offline=offline)
