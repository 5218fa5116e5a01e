"""The multi-task baseline: one free weight vector per label."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.part import HEADS, HeadContext
from gcnlabel.tasks import TaskSet


class LinearHead(Head):
    """One free weight vector per label: the multi-task baseline.

    Args:
        tasks: Tasks to predict.
        in_features: Size of the features, D.
        bias: Whether each label has a bias.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> head = LinearHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> head(torch.zeros(3, 4))["tags"].shape
        torch.Size([3, 2])
    """

    def __init__(self, tasks: TaskSet, in_features: int, *, bias: bool = True) -> None:
        super().__init__(tasks, in_features, bias=bias)
        self.vectors = nn.Parameter(torch.empty(tasks.num_labels, in_features))
        nn.init.uniform_(self.vectors, -(in_features**-0.5), in_features**-0.5)

    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""
        return self.vectors


@HEADS.register("linear")
def linear(context: HeadContext, *, bias: bool = True) -> LinearHead:
    """Return free label vectors: the multi-task baseline.

    Args:
        context: Tasks and features.
        bias: Whether each label has a bias.
    """
    return LinearHead(context.own_tasks, context.in_features, bias=bias)
