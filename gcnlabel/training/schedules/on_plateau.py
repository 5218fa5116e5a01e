"""A learning rate that is reduced when the metric of ``select`` stops improving."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("reduce-on-plateau")
class OnPlateau(Schedule):
    """PyTorch's ``ReduceLROnPlateau``, with the metric of ``select``.

    Args:
        of: Epochs of the whole training; ignored.
        factor: Factor of each step.
        epochs: Epochs without an improvement after which the factor is applied (PyTorch's ``patience``).
        threshold: Relative change that counts as an improvement.
    """

    follows_metric = True

    def __init__(
        self,
        of: float,
        *,
        factor: Annotated[Share, Field(gt=0, lt=1)] = 0.1,
        epochs: NonNegativeInt = 10,
        threshold: Share = 1e-4,
    ) -> None:
        self.options = {"factor": factor, "patience": epochs, "threshold": threshold}

    def __call__(self, epochs: float) -> float:
        """Return 1: only the metric changes the factor."""
        return 1.0

    def scheduler(self, optimizer: Optimizer, mode: Literal["min", "max"]) -> ReduceLROnPlateau:
        """Return PyTorch's scheduler, which steps once per epoch."""
        return ReduceLROnPlateau(optimizer, mode, **self.options)  # type: ignore[arg-type]
