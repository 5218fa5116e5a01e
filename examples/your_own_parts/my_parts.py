"""A head, a loss and a backbone of one's own: what they are made from comes first, their options are keyword-only."""

import torch
from torch import nn

from gcnlabel.losses import TaskLoss
from gcnlabel.nn import Backbone, Head
from gcnlabel.nn.backbone import channels_in


class LowRankHead(Head):
    """Label vectors ``W = U V`` of low rank [L, D]."""

    def __init__(self, tasks, in_features, rank):
        super().__init__(tasks, in_features, bias=True)
        self.of_labels = nn.Parameter(torch.randn(tasks.num_labels, rank) / rank**0.5)
        self.shared = nn.Parameter(torch.randn(rank, in_features) / in_features**0.5)

    def weight(self):
        """Return the label vectors."""
        return self.of_labels @ self.shared


def low_rank(context, *, rank: int = 2) -> Head:
    """Return a head of low rank, for the tasks that it is to score."""
    return LowRankHead(context.own_tasks, context.in_features, rank)


class HuberLoss(TaskLoss):
    """Huber's loss of the values that are annotated."""

    of_dimensions = True

    def __init__(self, delta):
        super().__init__()
        self.delta = delta

    def forward(self, scores, targets):
        """Return the mean over what is observed, 0 where nothing is."""
        seen = ~torch.isnan(targets)
        known = torch.where(seen, targets, scores)
        losses = nn.functional.huber_loss(scores, known, delta=self.delta, reduction="none")
        return losses.sum() / seen.sum().clamp(min=1)


def huber(task, *, delta: float = 1.0) -> TaskLoss:
    """Return Huber's loss."""
    return HuberLoss(delta)


def patches(shape, *, side: int = 8) -> Backbone:
    """Return the mean colours of side x side patches of an image as its features."""
    network = nn.Sequential(nn.AdaptiveAvgPool2d(side), nn.Flatten())
    return Backbone(network, channels_in(shape, "patches") * side**2)
