"""The label graph: a PyG ``Data`` whose nodes are labels.

Direction of edges: PyG sends messages from ``edge_index[0]`` to ``edge_index[1]``. The entry Â[i, j] of a
propagation matrix, with receiving label i and source label j, is therefore the edge **j -> i** with
``edge_weight = Â[i, j]``.
Only :meth:`LabelGraph.from_dense` and :meth:`LabelGraph.adjacency` convert between the two.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_geometric.utils import coalesce

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph.checks import check_edges, check_names, finite_matrix
from gcnlabel.graph.files import read_graph, write_graph
from gcnlabel.graph.label_nodes import LabelNodes
from gcnlabel.graph.origin import Origin
from gcnlabel.graph.selection import select_nodes
from gcnlabel.tasks import MultiLabel, TaskSet


class LabelGraph(LabelNodes):
    """A graph over labels.

    Names, tasks and statistic follow the nodes through PyG's transforms and loaders that select or permute nodes.
    Methods raise InputError if a transform has added nodes without a label, or edges without a weight.

    Attributes:
        x: Label embeddings, float [L, F], or None.
        edge_index: Source and target of each edge, int64 [2, E]. After setting it, set ``edge_weight`` too.
        edge_weight: Weight of each edge, float [E]; see the module's note on direction.
        label, origin: Label of each node, and the labels and statistic that the graph was made from; see
            :class:`~gcnlabel.graph.label_nodes.LabelNodes`, also for ``labels``, ``tasks``, ``statistic``, ``history``.

    Example:
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> graph = LabelGraph.from_dense([[0.0, 0.5], [0.0, 0.0]], tasks)
        >>> graph.edge_index.tolist()  # cat receives from dog: the edge dog -> cat
        [[1], [0]]
        >>> graph.adjacency().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
        >>> graph.subgraph(torch.tensor([1])).labels
        ('dog',)
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

        Every non-zero entry off the diagonal becomes an edge; self-loops are added by the transforms.

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
        given = matrix.detach().cpu().numpy() if isinstance(matrix, Tensor) else matrix
        statistic = finite_matrix(np.array(given, dtype=np.float64), tasks)
        off_diagonal = statistic.clone().fill_diagonal_(0)
        target, source = off_diagonal.nonzero().T  # row i receives from column j
        weight, edges = off_diagonal[target, source].to(dtype), torch.stack([source, target])
        return cls(tasks, statistic=statistic, history=history, x=x, edge_index=edges, edge_weight=weight)

    def adjacency(self) -> Tensor:
        """Return the dense propagation matrix Â [L, L]; row i holds the in-neighbours of label i.

        Raises:
            InputError: A transform has left the graph without edges or weights; see :func:`check_edges`.
        """
        check_edges(self)
        dense = self.edge_weight.new_zeros(self.num_nodes, self.num_nodes)
        source, target = self.edge_index
        return dense.index_put_((target, source), self.edge_weight, accumulate=True)

    def coalesce(self) -> LabelGraph:
        """Return the graph with one edge per pair of nodes, sorted; weights of the same edge are added."""
        graph: LabelGraph = copy.copy(self)
        graph.edge_index, graph.edge_weight = coalesce(self.edge_index, self.edge_weight, self.num_nodes)
        return graph

    def with_embeddings(self, x: Tensor) -> LabelGraph:
        """Return the graph with label embeddings ``x`` [L, F].

        Raises:
            InputError: There is not one row per label, or a value is not finite.
        """
        if x.dim() != 2 or x.shape[0] != len(self.labels):
            wanted = f"[{len(self.labels)}, F], one row per label"
            raise InputError(f"embeddings of shape {list(x.shape)}", expected=wanted)
        if not torch.isfinite(x).all():
            row = int((~torch.isfinite(x)).nonzero()[0, 0])
            raise InputError(f"the embedding of {self.labels[row]!r} is not finite")
        graph: LabelGraph = copy.copy(self)
        graph.x = x
        return graph

    def check_matches(self, tasks: TaskSet) -> None:
        """Check that the nodes are the labels of ``tasks``, in their order, and that edges have weights.

        Raises:
            InputError: Names or order differ; or a transform has left the graph without edges or weights.
        """
        check_names(self.labels, tasks.labels)
        check_edges(self)

    def of_labels(self, labels: Sequence[str]) -> LabelGraph:
        """Return the subgraph of some labels, which become the nodes in the given order.

        Weights do not change. For normalised rows, select labels of the raw graph and apply the convention again.

        Raises:
            InputError: There is no such label, or one is named twice.

        Example:
            >>> graph = LabelGraph.from_dense([[0, 1, 2], [3, 0, 4], [5, 6, 0]], ["cat", "dog", "cow"])
            >>> graph.of_labels(["cow", "cat"]).adjacency().tolist()
            [[0.0, 5.0], [2.0, 0.0]]
        """
        place = {label: i for i, label in enumerate(self.labels)}
        missing = [label for label in labels if label not in place]
        if missing or not labels or len(set(labels)) < len(labels):
            what = f"labels that the graph lacks: {shorten(missing)}" if missing else f"of_labels({shorten(labels)})"
            raise InputError(what, expected=f"some of {shorten(place, 20)}, each once")
        return select_nodes(self, torch.tensor([place[label] for label in labels]))

    def reorder(self, tasks: TaskSet | None = None) -> LabelGraph:
        """Return the same graph with its nodes in the order of ``tasks``, matched by name.

        Args:
            tasks: Tasks of the same labels; None for the order that the graph was made in.

        Raises:
            InputError: The names differ.
        """
        if tasks is None:
            place = self._places().sort().values.tolist()
            tasks = self._origin().tasks.of_labels([self._origin().tasks.labels[i] for i in place])
        if set(self.labels) != set(tasks.labels):
            check_names(self.labels, tasks.labels)
        graph = self.of_labels(tasks.labels)
        graph.origin = Origin(tasks, graph.statistic, self.history)
        graph.label = graph.origin.numbers()
        return graph

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the graph as one ``.safetensors`` file, see :mod:`gcnlabel.graph.files`.

        Raises:
            InputError: The file exists and ``overwrite`` is false, it cannot be written, or there are no edges.
        """
        check_edges(self)
        names = ("x", "edge_index", "edge_weight", "statistic")
        tensors = {name: value for name in names if (value := getattr(self, name)) is not None}
        write_graph(path, tensors, self.tasks, self.history, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> LabelGraph:
        """Read a graph that :meth:`save` wrote, and check it.

        Raises:
            InputError: The file is missing, truncated, invalid or of another format.
        """
        tensors, tasks, history = read_graph(path)
        return cls(tasks, history=history, **tensors)
