"""A Lightning trainer with our checkpoints, tables and progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.strategies import DDPStrategy, Strategy

from gcnlabel.training.checkpoint_io import SafeCheckpointIO
from gcnlabel.training.epoch_table import EpochTable

LAST = "last.safetensors"
BEST = "best.safetensors"


class Checkpoints(ModelCheckpoint):  # type: ignore[misc]
    """Keeps one checkpoint, the best by a metric or the latest, as safetensors."""

    FILE_EXTENSION = ".safetensors"


def make_trainer(
    folder: Path,
    *,
    epochs: int,
    metric: str,
    mode: str,
    devices: int | str = 1,
    num_nodes: int = 1,
    precision: Any = "32-true",
    tensorboard: bool = False,
    progress: bool = True,
) -> L.Trainer:
    """Return a trainer that writes into a run folder.

    Args:
        folder: The run folder: ``metrics.csv`` and ``checkpoints/`` go there.
        epochs: Number of epochs.
        metric: Logged metric that selects the best epoch, e.g. ``val/expression/accuracy``.
        mode: ``min`` or ``max``.
        devices: Number of devices, or ``auto``.
        num_nodes: Number of machines.
        precision: Lightning's precision.
        tensorboard: Whether to log for TensorBoard too (extra ``tensorboard``).
        progress: Whether to show a progress bar.
    """
    every_epoch: dict[str, Any] = {"save_on_train_epoch_end": True, "enable_version_counter": False}
    where = folder / "checkpoints"
    best = Checkpoints(where, filename="best", monitor=metric, mode=mode, **every_epoch)
    last = Checkpoints(where, filename="last", **every_epoch)  # after best, whose state it holds
    return L.Trainer(
        max_epochs=epochs,
        devices=devices,
        num_nodes=num_nodes,
        precision=precision,
        logger=TensorBoardLogger(folder, name="tensorboard") if tensorboard else False,
        callbacks=[EpochTable(folder / "metrics.csv"), best, last],
        plugins=[SafeCheckpointIO()],
        default_root_dir=folder,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,  # the data module shares the samples out, without repeating any
        sync_batchnorm=torch.cuda.is_available(),
        strategy=_strategy(devices, num_nodes),
        benchmark=True,  # of convolution algorithms on a GPU: all batches of a run have one size
        enable_model_summary=False,
        enable_progress_bar=progress,
        log_every_n_steps=1_000_000 if not tensorboard else 50,
    )


def _strategy(devices: int | str, num_nodes: int) -> Strategy | str:
    """Return how several GPUs train together: without the buffers of the first being sent to all before every step.

    The statistics of batch-norms are synchronised anyway, and graph and embeddings, which may be large, are constants.
    """
    there = torch.cuda.device_count()
    several = num_nodes > 1 or (there if devices == "auto" else int(devices)) > 1
    return DDPStrategy(broadcast_buffers=False) if there and several else "auto"
