"""Labels and statistic that a label graph was made from; unchanged when PyG changes nodes and edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.graph.raw_matrix import as_dense, picked
from gcnlabel.tasks import TaskSet


@dataclass(frozen=True, eq=False)
class Origin:
    """The labels that a graph was made from, and their measured statistic.

    PyG's transforms and loaders select, permute and pad every tensor with one row per node: of a matrix [L, L] they
    would select rows but not columns, and no names. Both are therefore kept here, and nodes refer to them by number
    (:attr:`LabelGraph.label`).

    Attributes:
        tasks: Tasks of all labels, in order.
        statistic: The raw matrix of all labels, float64 [L, L] or sparse (COO), or None.
        history: How the graph was made, plain values.
    """

    tasks: TaskSet
    statistic: Tensor | None = None
    history: dict[str, Any] = field(default_factory=dict)

    def numbers(self) -> Tensor:
        """Return the numbers of the labels, int64 [L], starting at 1, since PyG pads with 0."""
        return torch.arange(1, self.tasks.num_labels + 1)

    def statistic_of(self, places: Tensor) -> Tensor | None:
        """Return the raw matrix of some labels, in their order."""
        if self.statistic is None or torch.equal(places, torch.arange(self.tasks.num_labels)):
            return self.statistic
        return picked(self.statistic, places)

    def places(self, label: Tensor, nodes: int | None) -> Tensor:
        """Return the position of each node's label among all labels, int64 [nodes].

        Args:
            label: Number of each node's label, int64 [nodes].
            nodes: Number of nodes.

        Raises:
            InputError: A node has no label, or a label has two nodes.
        """
        if nodes != len(label) or (label < 1).any() or len(label.unique()) < len(label):
            raise InputError(
                f"{nodes} nodes do not represent different labels of {self.tasks!r}",
                expected="one node per label: transforms may remove or reorder nodes, but add none",
                fix="leave out transforms that add nodes (Pad, VirtualNode, HalfHop, LineGraph, concat, batches)",
            )
        return label.cpu() - 1

    def __eq__(self, other: object) -> bool:
        """Whether both have the same labels and the same values."""
        if not isinstance(other, Origin) or (self.tasks, self.history) != (other.tasks, other.history):
            return False
        if self.statistic is None or other.statistic is None:
            return self.statistic is other.statistic
        return torch.equal(as_dense(self.statistic), as_dense(other.statistic))

    def __str__(self) -> str:
        """Return the number of labels, as PyG prints it."""
        return f"{self.tasks.num_labels} labels"
