"""A PyG graph whose nodes are labels, with names, tasks and statistic."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError
from gcnlabel.graph.origin import Origin
from gcnlabel.tasks import TaskSet


class LabelNodes(Data):  # type: ignore[misc]
    """A PyG ``Data`` whose nodes are labels, through every transform and loader that selects or permutes nodes.

    Args:
        tasks: Tasks whose labels are the nodes; None where PyG makes an empty graph to fill.
        statistic: The raw matrix that the graph was made from, or None.
        history: How it was made, plain values.
        given: Arguments of ``Data``: ``x``, ``edge_index``, ``edge_weight``, and further attributes.

    Attributes:
        label: Number of each node's label in ``origin``, int64 [L], starting at 1.
        origin: Labels, statistic and history that the graph was made from.
    """

    def __init__(
        self,
        tasks: TaskSet | None = None,
        *,
        statistic: Tensor | None = None,
        history: dict[str, Any] | None = None,
        **given: Any,
    ) -> None:
        if tasks is not None:
            origin = Origin(tasks, statistic, history or {})
            given |= {"origin": origin, "label": origin.numbers(), "num_nodes": tasks.num_labels}
        super().__init__(**given)

    @property
    def edge_index(self) -> Any:
        """Source and target of each edge, int64 [2, E]."""
        return self._store.get("edge_index")

    @edge_index.setter
    def edge_index(self, edge_index: Tensor | None) -> None:
        weights, old = self.edge_weight, self.edge_index
        of_old = weights is None or old is None or len(weights) == old.shape[1]  # otherwise they are of the new edges
        self._store.edge_index = edge_index
        self._store._has_old_weights = of_old

    @property
    def edge_weight(self) -> Any:
        """Weight of each edge, float [E]."""
        return self._store.get("edge_weight")

    @edge_weight.setter
    def edge_weight(self, edge_weight: Tensor | None) -> None:
        self._store.edge_weight = edge_weight
        self._store._has_old_weights = False

    def __setitem__(self, key: str, value: Any) -> None:
        """Set an attribute, as PyG does by its name."""
        setattr(self, key, value)

    def has_weights(self) -> bool:
        """Return whether the edge weights were set for the current edges."""
        edges, weights = self.edge_index, self.edge_weight
        old = self._store.__dict__.get("_has_old_weights", False)
        return weights is not None and len(weights) == edges.shape[1] and not old

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the nodes, in order."""
        names = self._origin().tasks.labels
        return tuple(names[i] for i in self._places().tolist())

    @property
    def tasks(self) -> TaskSet:
        """The :class:`~gcnlabel.tasks.TaskSet` whose labels are the nodes, in order."""
        known, labels = self._origin().tasks, self.labels
        return known if labels == known.labels else known.of_labels(labels)

    @property
    def task(self) -> Tensor:
        """Position of each label's task, int64 [L]."""
        return torch.tensor(self.tasks.task_indices(), device=self.label.device)

    @property
    def statistic(self) -> Tensor | None:
        """The raw matrix the graph was made from, float64 [L, L]; row = receiving label, column = source label.

        Sparse (COO) with many labels, None for a graph that was made from edges.
        """
        return self._origin().statistic_of(self._places())

    @property
    def history(self) -> dict[str, Any]:
        """How the graph was made: plain values (blocks and their statistics, number of samples, transforms)."""
        return self._origin().history

    @history.setter
    def history(self, history: dict[str, Any]) -> None:
        self._store.origin = replace(self._origin(), history=history)

    def _places(self) -> Tensor:
        return self._origin().places(self.label, self.num_nodes)

    def _origin(self) -> Origin:
        origin = self._store.get("origin")
        if isinstance(origin, Origin):
            return origin
        raise InputError(
            "these nodes have no labels", expected="one label graph", fix="of a batch, take one graph: batch[i]"
        )
