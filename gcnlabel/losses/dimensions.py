"""Losses of continuous dimensions."""

from __future__ import annotations

import torch
from torch import Tensor

from gcnlabel.ccc import ccc as concordance
from gcnlabel.distributed import sum_over_processes
from gcnlabel.losses.task_loss import LOSSES, MeanLoss, TaskLoss, count
from gcnlabel.tasks import Task


class MSELoss(MeanLoss):
    """Mean squared error over observed values."""

    of_dimensions = True
    learned_factor = 0.5

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the squared errors and number of observed values."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        total = torch.where(seen, (scores - known).square(), 0).sum()
        return total, count(seen, total)


class CCCLoss(TaskLoss):
    """``1 - mean over dimensions of CCC`` (Emotion-GCN, Eq. 12).

    Dimensions with fewer than 2 observed values in the batch of all processes are left out.
    """

    of_dimensions = True

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the mean over the dimensions that have at least 2 observed values."""
        loss = 1 - concordance(scores, targets, sum_over_processes)
        enough = sum_over_processes((~torch.isnan(targets)).sum(0)) >= 2
        return torch.where(enough, loss, 0).sum() / enough.sum().clamp(min=1)


@LOSSES.register("ccc", suits="values")
def ccc(task: Task) -> CCCLoss:
    """Return one minus the mean concordance correlation (Emotion-GCN, Eq. 12)."""
    return CCCLoss()


@LOSSES.register("mse", suits="values")
def mse(task: Task) -> MSELoss:
    """Return the mean squared error."""
    return MSELoss()
