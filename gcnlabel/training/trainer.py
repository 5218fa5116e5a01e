"""The Lightning trainer of a run, with its checkpoints and table of metrics."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.fabric.plugins.environments import SLURMEnvironment
from lightning.pytorch.callbacks import EarlyStopping, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.strategies import DDPStrategy, Strategy

from gcnlabel.training.checkpoint_io import SafeCheckpointIO
from gcnlabel.training.epoch_table import EpochTable
from gcnlabel.training.plan import BatchPlan
from gcnlabel.training.selection import Selection
from gcnlabel.training.steps import EACH_BATCH, Steps

CHECKPOINTS = "checkpoints"
ALWAYS: dict[str, Any] = {
    "num_sanity_val_steps": 0,
    "use_distributed_sampler": False,  # the data module distributes the samples, without repetition
    "benchmark": True,  # of convolution algorithms on a GPU: all batches of a run have one size
    "enable_model_summary": False,
}


class Checkpoints(ModelCheckpoint):  # type: ignore[misc]
    """Keeps one checkpoint, the best by a metric or the latest, as safetensors.

    Its state has file names without folders: a moved or copied run can be resumed, and the bytes of a checkpoint do not
    depend on its folder.
    """

    FILE_EXTENSION = ".safetensors"

    def state_dict(self) -> dict[str, Any]:
        """Return the state, with names instead of paths."""
        return _in_folder(super().state_dict(), Path())

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Set the state of the run that is resumed, with files in this folder."""
        super().load_state_dict(_in_folder(state_dict, Path(str(self.dirpath))) | {"dirpath": self.dirpath})
        self.current_score = state_dict.get("current_score")  # Lightning does not restore it


class OwnSignals(L.Callback):  # type: ignore[misc]
    """Restores signal handlers: Lightning would delay SIGTERM, and write its own checkpoint on SLURM's SIGUSR1."""

    def setup(self, trainer: L.Trainer, pl_module: L.LightningModule, stage: str) -> None:
        """Remember the current handlers."""
        self.before = {signum: signal.getsignal(signum) for signum in signal.valid_signals()}

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Restore the handlers."""
        if threading.current_thread() is not threading.main_thread():
            return
        for signum, handler in self.before.items():
            if handler is not None and signal.getsignal(signum) is not handler:
                signal.signal(signum, handler)


def make_trainer(
    folder: Path,
    plan: BatchPlan,
    selection: Selection,
    *,
    devices: int | str = 1,
    num_nodes: int = 1,
    precision: Any = "32-true",
    steps: Steps = EACH_BATCH,
    progress: bool = True,
) -> L.Trainer:
    """Return a trainer that writes into a run folder.

    Args:
        folder: The run folder, for ``metrics.csv`` and ``checkpoints/``.
        plan: Number of epochs, and patience of early stopping.
        selection: Selection of the best epoch.
        devices: Number of devices, or ``auto``.
        num_nodes: Number of machines.
        precision: Lightning's precision.
        steps: Clipping, accumulation and averaging.
        progress: Whether to show a progress bar.
    """
    return L.Trainer(
        max_epochs=plan.epochs,
        devices=devices,
        num_nodes=num_nodes,
        precision=precision,
        logger=False,  # the run adds the loggers of its config
        callbacks=[OwnSignals(), *_watching(folder, plan, selection, steps)],
        plugins=[SafeCheckpointIO(), *([SLURMEnvironment(auto_requeue=False)] if SLURMEnvironment.detect() else [])],
        default_root_dir=folder / CHECKPOINTS / "none",  # Lightning would start from a leftover hpc_ckpt_*.ckpt there
        sync_batchnorm=torch.cuda.is_available(),
        strategy=_strategy(devices, num_nodes),
        enable_progress_bar=progress,
        **ALWAYS | {"gradient_clip_val": steps.clip, "accumulate_grad_batches": steps.accumulate},
    )


def _watching(folder: Path, plan: BatchPlan, selection: Selection, steps: Steps) -> list[L.Callback]:
    """Return the callbacks for weight averaging, the table of metrics, early stopping and checkpoints."""
    averaging = [] if steps.average is None else [EMAWeightAveraging(decay=steps.average)]
    every_epoch: dict[str, Any] = {"save_on_train_epoch_end": True, "enable_version_counter": False}
    watched: dict[str, Any] = {"monitor": selection.name, "mode": selection.mode}
    best = Checkpoints(folder / CHECKPOINTS, filename="best", **watched, **every_epoch)
    last = Checkpoints(folder / CHECKPOINTS, filename="last", **every_epoch)  # after best, whose state it holds
    stop = [] if plan.patience is None else [EarlyStopping(**watched, patience=plan.patience, check_finite=False)]
    return [*averaging, EpochTable(folder / "metrics.csv"), *stop, best, last]


def has_stopped(checkpoint: Mapping[str, Any]) -> bool:
    """Return whether a checkpoint is of a training that early stopping has ended."""
    return any(state.get("stopped_epoch", 0) for state in checkpoint["callbacks"].values())


def _in_folder(state: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the state of :class:`Checkpoints` with its files in a folder."""

    def moved(path: str) -> str:
        return str(folder / Path(path).name) if path else ""

    paths = {key: moved(value) for key, value in state.items() if key.endswith("_path")}
    best = {moved(path): score for path, score in state["best_k_models"].items()}
    return {**state, **paths, "dirpath": "", "best_k_models": best}


def _strategy(devices: int | str, num_nodes: int) -> Strategy | str:
    """Return the strategy: for several GPUs DDP, without broadcasting buffers before every step.

    Batch-norm statistics are synchronised separately, and the graph and embeddings, which may be large, are constants.
    """
    there = torch.cuda.device_count()
    several = num_nodes > 1 or (there if devices == "auto" else int(devices)) > 1
    return DDPStrategy(broadcast_buffers=False) if there and several else "auto"
