"""The label graph: a PyG ``Data`` whose nodes are labels.

Direction, stated once: PyG sends messages from ``edge_index[0]`` to ``edge_index[1]``. The entry Â[i, j] of a
propagation matrix, "label i listens to label j", is therefore the edge **j -> i** with ``edge_weight = Â[i, j]``.
:meth:`LabelGraph.from_dense` and :meth:`LabelGraph.adjacency` are the only places that turn one into the other.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph.files import read_graph, write_graph
from gcnlabel.graph.raw_matrix import reordered
from gcnlabel.tasks import MultiLabel, TaskSet


class LabelGraph(Data):  # type: ignore[misc]
    """A graph over labels.

    Attributes:
        x: Label embeddings, float [L, F], or None.
        edge_index: Source and target of each edge, int64 [2, E].
        edge_weight: Weight of each edge, float [E]; see the module's note on direction.
        tasks: The :class:`~gcnlabel.tasks.TaskSet` whose labels are the nodes, in order.
        task: Position of each label's task, int64 [L].
        statistic: The raw matrix the graph was made from, float64 [L, L]; row i, column j is how i depends on j. Sparse
            (COO) where labels are many, absent where a graph was made of edges by hand.
        history: How the graph was made: plain values (blocks and their statistics, number of samples, transforms).

    Example:
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> graph = LabelGraph.from_dense([[0.0, 0.5], [0.0, 0.0]], tasks)
        >>> graph.edge_index.tolist()  # cat listens to dog: the edge dog -> cat
        [[1], [0]]
        >>> graph.adjacency().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
    """

    @classmethod
    def from_dense(
        cls,
        matrix: Any,
        tasks: TaskSet | Sequence[str],
        *,
        x: Tensor | None = None,
        history: dict[str, Any] | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> LabelGraph:
        """Build from a dense matrix [L, L] whose row is the receiving label.

        Every non-zero entry off the diagonal becomes an edge; self-loops are the business of the transforms.

        Args:
            matrix: Raw statistic or weights, [L, L].
            tasks: Tasks whose labels are the rows, or names of labels (then one multi-label task ``labels``).
            x: Label embeddings [L, F].
            history: How the matrix was made, plain values.
            dtype: Type of ``edge_weight``.

        Raises:
            InputError: The matrix has another shape, or holds NaN or infinity.
        """
        tasks = tasks if isinstance(tasks, TaskSet) else TaskSet([MultiLabel("labels", tuple(tasks))])
        statistic = torch.as_tensor(np.array(matrix, dtype=np.float64))
        size = tasks.num_labels
        if statistic.shape != (size, size):
            raise InputError(f"a matrix of shape {list(statistic.shape)}", expected=f"[{size}, {size}], a row a label")
        if not torch.isfinite(statistic).all():
            row, column = (~torch.isfinite(statistic)).nonzero()[0].tolist()
            raise InputError(
                f"the matrix holds {statistic[row, column].item()}",
                where=f"row {tasks.labels[row]!r}, column {tasks.labels[column]!r}",
                expected="finite numbers",
            )
        off_diagonal = statistic.clone().fill_diagonal_(0)
        target, source = off_diagonal.nonzero().T  # row i receives from column j
        return cls(
            x=x,
            edge_index=torch.stack([source, target]),
            edge_weight=off_diagonal[target, source].to(dtype),
            tasks=tasks,
            task=torch.tensor(tasks.task_indices()),
            statistic=statistic,
            history=history or {},
            num_nodes=size,
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the nodes, in order."""
        return self.tasks.labels

    def adjacency(self) -> Tensor:
        """Return the dense propagation matrix Â [L, L]; row i is what label i listens to."""
        size = self.tasks.num_labels
        dense = self.edge_weight.new_zeros(size, size)
        source, target = self.edge_index
        return dense.index_put_((target, source), self.edge_weight, accumulate=True)

    def with_embeddings(self, x: Tensor) -> LabelGraph:
        """Return the graph with label embeddings ``x`` [L, F].

        Raises:
            InputError: There is not one row a label, or a value is not finite.
        """
        if x.dim() != 2 or x.shape[0] != len(self.labels):
            raise InputError(f"embeddings of shape {list(x.shape)}", expected=f"[{len(self.labels)}, F], a row a label")
        if not torch.isfinite(x).all():
            row = int((~torch.isfinite(x)).nonzero()[0, 0])
            raise InputError(f"the embedding of {self.labels[row]!r} is not finite")
        graph: LabelGraph = copy.copy(self)
        graph.x = x
        return graph

    def check_matches(self, tasks: TaskSet) -> None:
        """Check that the nodes are the labels of ``tasks``, in their order.

        Raises:
            InputError: Names or order differ.
        """
        ours, theirs = self.labels, tasks.labels
        if ours == theirs:
            return
        if set(ours) == set(theirs):
            i = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
            raise InputError(
                f"graph and tasks order their labels differently: node {i} is {ours[i]!r}, label {i} is {theirs[i]!r}",
                fix="graph.reorder(tasks), or build the graph from these tasks",
            )
        raise InputError(
            "graph and tasks do not match",
            where=f"only in the graph: {shorten(sorted(set(ours) - set(theirs))) or 'none'}; "
            f"only in the tasks: {shorten(sorted(set(theirs) - set(ours))) or 'none'}",
            expected="the same labels in the same order",
            fix="build the graph from these tasks",
        )

    def reorder(self, tasks: TaskSet) -> LabelGraph:
        """Return the same graph with its nodes in the order of ``tasks``, matched by name.

        Raises:
            InputError: The names differ.
        """
        if set(self.labels) != set(tasks.labels):
            self.check_matches(tasks)
        order = torch.tensor([self.tasks.index(label) for label in tasks.labels])  # new -> old
        place = torch.empty_like(order)
        place[order] = torch.arange(len(order))
        graph: LabelGraph = copy.copy(self)
        graph.tasks, graph.task = tasks, torch.tensor(tasks.task_indices())
        graph.edge_index = place[self.edge_index]
        if self.get("statistic") is not None:
            graph.statistic = reordered(self.statistic, order)
        if self.x is not None:
            graph.x = self.x[order]
        return graph

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the graph as one ``.safetensors`` file, see :mod:`gcnlabel.graph.files`.

        Raises:
            InputError: The file exists and ``overwrite`` is false, or it cannot be written.
        """
        names = ("x", "edge_index", "edge_weight", "statistic")
        tensors = {name: self[name] for name in names if self.get(name) is not None}
        write_graph(path, tensors, self.tasks, self.history, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> LabelGraph:
        """Read a graph that :meth:`save` wrote, and check it.

        Raises:
            InputError: The file is missing, truncated, tampered with or something else.
        """
        tensors, tasks, history = read_graph(path)
        task = torch.tensor(tasks.task_indices())
        return cls(**tensors, tasks=tasks, task=task, history=history, num_nodes=tasks.num_labels)

    def __inc__(self, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep PyG from offsetting the task of a label when graphs are batched."""
        return 0 if key == "task" else super().__inc__(key, value, *args, **kwargs)
