"""Connect schedules to Lightning."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import lightning as L
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from gcnlabel.training.schedules.on_plateau import OnPlateau


def stepped(schedule: Callable[[float], float], optimizer: Optimizer, trainer: L.Trainer) -> dict[str, Any]:
    """Return Lightning's ``lr_scheduler``: it steps with the optimizer, or by :func:`step_on_metric`."""
    if isinstance(schedule, OnPlateau):
        best: Any = trainer.checkpoint_callback
        return {
            "scheduler": schedule.scheduler(optimizer, best.mode),
            "monitor": best.monitor,
            "frequency": sys.maxsize,
        }
    steps = max(trainer.estimated_stepping_batches / max(trainer.max_epochs or 1, 1), 1)
    return {"scheduler": LambdaLR(optimizer, lambda step: schedule(step / steps)), "interval": "step"}


def step_on_metric(trainer: L.Trainer) -> None:
    """Step schedules that follow a metric at the end of an epoch; Lightning would after checkpoints are written."""
    for each in trainer.lr_scheduler_configs:
        if each.reduce_on_plateau and each.monitor in trainer.callback_metrics:
            each.scheduler.step(trainer.callback_metrics[each.monitor])
