"""Scores by the angle between features and label vectors."""

from __future__ import annotations

import math
from collections.abc import Collection

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.constants import register_constants
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.linear import LinearHead
from gcnlabel.nn.heads.part import HEADS, HeadContext, HeadOption
from gcnlabel.settings import Names

SCALE = 10.0
"""Initial scale of classes and tags, which need scores beyond 1; that of dimensions is 1."""


class CosineHead(Head):
    """``score = s cos(x, w) + b``, with a learned scale s > 0 for each task and the vectors w of another head.

    The frequency of a label thus does not affect its vector's norm. For tasks in ``keep_length``, which may depend on
    the norm of the features (such as an intensity), ``score = s |x| cos(x, w) + b``.

    Args:
        head: The head whose vectors, free or generated, and biases are used.
        keep_length: Names of the tasks whose scores are multiplied by the norm of the features.

    Raises:
        InputError: There is no such task.

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> head = CosineHead(LinearHead(TaskSet([MultiLabel("tags", ["cat", "dog"])]), in_features=4))
        >>> bool((head(1000 * torch.ones(1, 4))["tags"].abs() <= 10).all())
        True
    """

    def __init__(self, head: Head, keep_length: Collection[str] = ()) -> None:
        super().__init__(head.tasks, head.in_features, bias=False)
        self.head = head
        self.bias = head.bias
        self.keep_length = [head.tasks[name].name for name in keep_length]
        start = [
            (SCALE if task.discrete else 1.0) / (math.sqrt(self.in_features) if task.name in keep_length else 1)
            for task in head.tasks
        ]
        self.log_scale = nn.Parameter(torch.tensor(start).log())
        kept = torch.tensor([float(task.name in keep_length) for task in head.tasks])
        register_constants(self, _kept=kept, _task=torch.tensor(head.tasks.task_indices()))

    def biases(self) -> Tensor | None:
        """Return the biases of the other head [L], or None."""
        return self.head.biases()

    @property
    def generated(self) -> bool:
        """Whether the vectors of the other head are generated."""
        return self.head.generated

    def weight(self) -> Tensor:
        """Return the label vectors, each of length 1, [L, D]."""
        return F.normalize(self.head.weight(), dim=1)

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return the vectors of some labels, each of length 1, [K, D]."""
        return F.normalize(self.head.weight_of(labels), dim=1)

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels [B, L]."""
        return self._scaled(features, self.weight(), self.get_buffer("_task"), self.biases())

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of some labels, [B, K], for all samples."""
        biases = self.biases()
        bias = None if biases is None else biases[labels]
        return self._scaled(features, self.weight_of(labels), self.get_buffer("_task")[labels], bias)

    def extended(self, graph: LabelGraph) -> CosineHead:
        """Return a head over a larger graph; a new task has the initial scale of its type."""
        head = CosineHead(self.head.extended(graph), self.keep_length).to(self.log_scale.device, self.log_scale.dtype)
        for t, task in enumerate(self.tasks):
            head.log_scale.data[graph.tasks.names.index(task.name)] = self.log_scale.detach()[t]
        head.training = self.training
        return head

    def to_linear(self) -> LinearHead:
        """Not available: cosine scores are not linear in the features.

        Raises:
            InputError: Always.
        """
        raise InputError("cosine scores are not linear in the features", fix="fold only its vectors: head.fused()")

    def fused(self) -> CosineHead:
        """Return a cosine head over the current vectors of the other head: the same scores, without a graph."""
        folded = CosineHead(self.head.to_linear(), self.keep_length).to(self.log_scale.device, self.log_scale.dtype)
        folded.log_scale.data.copy_(self.log_scale.detach())
        return folded.train(self.training)

    def _scaled(self, features: Tensor, vectors: Tensor, task: Tensor, bias: Tensor | None) -> Tensor:
        scores = F.normalize(features, dim=1) @ vectors.T * self.log_scale.exp()[task]
        if self.keep_length:
            scores = scores * features.norm(dim=1, keepdim=True) ** self.get_buffer("_kept")[task]
        return scores if bias is None else scores + bias


@HEADS.register("cosine")
def cosine(context: HeadContext, *, of: HeadOption = "linear", keep_length: Names = ()) -> CosineHead:
    """Return a head that scores by the cosine between the features and the vectors of another head.

    Args:
        context: Tasks, features and graph.
        of: The head whose vectors are used.
        keep_length: Tasks whose scores are multiplied by the norm of the features.
    """
    return CosineHead(context.make(of), context.served_of(keep_length))
