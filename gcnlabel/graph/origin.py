"""What a label graph was made from. PyG does not change it when it changes nodes and edges."""

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

    PyG's transforms and loaders select, permute and pad whatever tensor has a row a node. A matrix [L, L] would lose
    rows and keep its columns, and names would not follow: they are kept here, where PyG does not change them, and
    nodes refer to them by number (:attr:`LabelGraph.label`).

    Attributes:
        tasks: Tasks of all labels, in order.
        statistic: The raw matrix of all labels, float64 [L, L] or sparse (COO), or None.
        history: How the graph was made, plain values.
    """

    tasks: TaskSet
    statistic: Tensor | None = None
    history: dict[str, Any] = field(default_factory=dict)

    def numbers(self) -> Tensor:
        """Return the number of each label, int64 [L], from 1: PyG pads with 0, which is no label."""
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
            nodes: How many there are.

        Raises:
            InputError: A node has no label, or a label has two nodes.
        """
        if nodes != len(label) or (label < 1).any() or len(label.unique()) < len(label):
            raise InputError(
                f"{nodes} nodes do not represent different labels of {self.tasks!r}",
                expected="one node a label: transforms may leave nodes out or change their order, but add none",
                fix="leave out what adds nodes (Pad, VirtualNode, HalfHop, LineGraph, concat, a batch of graphs)",
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
