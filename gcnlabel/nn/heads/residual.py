"""Generated label vectors with free ones beside them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gcnlabel.graph import LabelGraph
from gcnlabel.nn.extension import extended_rows
from gcnlabel.nn.heads.head import Head


class ResidualHead(Head):
    """``W = W' + R``: the vectors of another head, and a free residual for each label that starts at 0.

    The graph says where the vectors start and what they share; with enough samples, each label may leave it.

    Args:
        head: The head whose vectors and biases are taken, e.g. a :class:`LabelGraphHead`.

    Example:
        >>> from gcnlabel.nn import LinearHead
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> inner = LinearHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4)
        >>> torch.equal(ResidualHead(inner).weight(), inner.weight())
        True
    """

    def __init__(self, head: Head) -> None:
        super().__init__(head.tasks, head.in_features, bias=False)
        self.head = head
        self.residual = nn.Parameter(torch.zeros(head.tasks.num_labels, head.in_features))
        self.bias = head.bias

    def extended(self, graph: LabelGraph) -> ResidualHead:
        """Return a head over a larger graph: new labels have the generated vector alone, without a residual."""
        head = ResidualHead(self.head.extended(graph)).to(self.residual.device, self.residual.dtype)
        head.residual.data.copy_(extended_rows(self.residual.detach(), self.tasks, graph))
        return head.train(self.training)

    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""
        return self.head.weight() + self.residual

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return the vectors of some labels, [K, D]."""
        return self.head.weight_of(labels) + self.residual[labels]

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]: those of the other head, and ``X Rᵀ``."""
        return self.head.scores(features) + features @ self.residual.T
