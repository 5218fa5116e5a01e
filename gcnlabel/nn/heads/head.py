"""Base class of heads."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

if TYPE_CHECKING:
    from gcnlabel.graph import LabelGraph
    from gcnlabel.nn.heads.linear import LinearHead


class Head(nn.Module):
    """Base class of heads: ``scores = X Wᵀ + b``, split by task.

    Args:
        tasks: Tasks to predict; their labels are the rows of W.
        in_features: Size of the features, D.
        bias: Whether each label has a free bias b.

    Attributes:
        has_vectors: Whether labels have vectors that are the same for all samples; :meth:`weight` raises otherwise.
    """

    has_vectors = True

    def __init__(self, tasks: TaskSet, in_features: int, *, bias: bool) -> None:
        super().__init__()
        if in_features < 1:
            raise InputError(f"in_features = {in_features}", expected="at least 1")
        self.tasks = tasks
        self._names = list(tasks.names)
        self._sizes = [len(task) for task in tasks]
        self.in_features = in_features
        self.bias = nn.Parameter(torch.zeros(tasks.num_labels)) if bias else None

    @abstractmethod
    def weight(self) -> Tensor:
        """Return the label vectors W [L, D]."""

    def biases(self) -> Tensor | None:
        """Return the biases b [L], or None."""
        return self.bias

    @property
    def generated(self) -> bool:
        """Whether label vectors come from a label graph, so that vectors of new labels can be generated."""
        return False

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return the vectors of some labels, [K, D] for int64 [K], without computing the others where possible."""
        return self.weight()[labels]

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Return the scores of each task, [B, labels of the task], for features [B, D].

        Raises:
            InputError: The features have another shape.
        """
        self._check(features)
        scores = self.scores(features)
        if len(self._names) == 1:
            return {self._names[0]: scores}
        return dict(zip(self._names, scores.split(self._sizes, 1), strict=True))

    def scores(self, features: Tensor) -> Tensor:
        """Return the scores of all labels, ``X Wᵀ + b`` [B, L]."""
        return nn.functional.linear(features, self.weight(), self.biases())

    def scores_of(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of only some labels, for training or ranking with very many labels.

        Args:
            features: [B, D].
            labels: Positions of labels in the task set: int64 [K], the same for all samples, or [B, K], candidates
                of each sample.

        Returns:
            [B, K].

        Raises:
            InputError: Features or labels have another shape, or there is no such label.
        """
        self._check(features)
        self._check_labels(features, labels)
        if labels.ndim == 2:
            distinct, place = labels.unique(return_inverse=True)
            return self.scores_of(features, distinct).gather(1, place)
        return self.scores_of_all(features, labels)

    def scores_of_all(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the columns of ``X Wᵀ + b`` that belong to some labels, [B, K], for all samples."""
        biases = self.biases()
        return nn.functional.linear(features, self.weight_of(labels), None if biases is None else biases[labels])

    def to_linear(self) -> LinearHead:
        """Return a linear head with the current vectors and biases: the same scores, without a graph."""
        from gcnlabel.nn.heads.folding import fold  # avoids a circular import

        return fold(self)

    def fused(self) -> Head:
        """Return a head with the same scores, without a graph: a linear one, if scores are linear in the features."""
        return self.to_linear()

    def extended(self, graph: LabelGraph) -> Head:
        """Return a head that scores the labels of a larger graph too, see :meth:`gcnlabel.nn.MultiTaskModel.extend`.

        Raises:
            InputError: The vectors of this head are free, so that new labels have none.
        """
        raise InputError(
            f"a {type(self).__name__} without a label graph cannot score labels that it was not trained on",
            expected="a head that generates its vectors: graph, or a residual or cosine of it",
        )

    def _check(self, features: Tensor) -> None:
        if features.ndim != 2 or features.shape[1] != self.in_features:
            raise InputError(f"features of shape {list(features.shape)}", expected=f"[B, {self.in_features}]")

    def _check_labels(self, features: Tensor, labels: Tensor) -> None:
        fits = labels.ndim == 1 or (labels.ndim == 2 and len(labels) == len(features))
        if labels.dtype != torch.int64 or not fits:
            raise InputError(
                f"labels of shape {list(labels.shape)} and type {labels.dtype}",
                expected=f"int64 [K] or [{len(features)}, K]",
            )
        if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < self.tasks.num_labels:
            raise InputError(
                f"labels from {int(labels.min())} to {int(labels.max())}",
                expected=f"positions from 0 to {self.tasks.num_labels - 1}",
            )
