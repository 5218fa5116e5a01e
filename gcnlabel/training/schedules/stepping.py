"""Schedules as Lightning steps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightning as L
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from gcnlabel.training.schedules.on_plateau import OnPlateau


def stepped(schedule: Callable[[float], float], optimizer: Optimizer, trainer: L.Trainer) -> dict[str, Any]:
    """Return Lightning's ``lr_scheduler``: it steps with the optimizer, or once an epoch where it follows a metric."""
    if isinstance(schedule, OnPlateau):
        best: Any = trainer.checkpoint_callback
        return {"scheduler": schedule.scheduler(optimizer, best.mode), "monitor": best.monitor}
    steps = max(trainer.estimated_stepping_batches / max(trainer.max_epochs or 1, 1), 1)
    return {"scheduler": LambdaLR(optimizer, lambda step: schedule(step / steps)), "interval": "step"}
