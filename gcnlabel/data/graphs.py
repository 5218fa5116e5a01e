"""Many small graphs as inputs, stored in flat arrays and batched like PyTorch Geometric's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.data.on_demand import OnDemand
from gcnlabel.errors import InputError

if TYPE_CHECKING:
    from torch_geometric.data import Batch

Array = npt.NDArray[Any]


class Graphs(OnDemand):
    """N graphs with node features and, optionally, edge features.

    Indexing with an integer, a slice, indices or a mask returns a :class:`torch_geometric.data.Batch` with ``x``
    float32 [V, D], ``edge_index`` int64 [2, E], ``edge_attr`` float32 [E, A], ``batch`` int64 [V] and ``ptr`` int64
    [B + 1]. A graph needs at least one node and may have no edges.

    Args:
        x: Features of all nodes, [V, columns]; with ``node_categories`` category codes.
        edge_index: Source and target of all edges, counted from 0 in each graph, int64 [2, E].
        edge_attr: Features of all edges, [E, columns]; with ``edge_categories`` category codes.
        nodes: Number of nodes of each graph, [N].
        edges: Number of edges of each graph, [N].
        node_categories: Number of categories of each column of ``x``, which are one-hot encoded, D = their sum; empty
            for numeric columns.
        edge_categories: The same for ``edge_attr``.

    Raises:
        InputError: Sizes are inconsistent, a graph has no nodes, an edge has an end outside its graph, a value is not
            finite, or a category code is out of range; the message gives the index of the first such graph, from 0.

    Example:
        >>> pair = Graphs(np.ones((3, 2)), np.array([[0], [1]]), np.empty((1, 0)), nodes=[2, 1], edges=[1, 0])
        >>> pair.shape, pair[:].ptr.tolist()
        ((2, 2, 0), [0, 2, 3])
    """

    ndim = 3

    def __init__(
        self,
        x: Array,
        edge_index: Array,
        edge_attr: Array,
        nodes: Sequence[int] | Array,
        edges: Sequence[int] | Array,
        node_categories: Sequence[int] = (),
        edge_categories: Sequence[int] = (),
    ) -> None:
        self.nodes, self.edges = (np.asarray(counts, dtype=np.int64) for counts in (nodes, edges))
        super().__init__(len(self.nodes))
        self.x, self.edge_attr = np.asarray(x), np.asarray(edge_attr)
        self.edge_index = np.asarray(edge_index, dtype=np.int64)
        self.node_categories, self.edge_categories = tuple(node_categories), tuple(edge_categories)
        self._first_node, self._first_edge = (np.cumsum(of) - of for of in (self.nodes, self.edges))
        self._check()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of graphs, node features and edge features: (N, D, A)."""
        node, edge = (sum(c) or a.shape[1] for c, a in zip(self._categories, (self.x, self.edge_attr), strict=True))
        return len(self), node, edge

    def __getitem__(self, rows: Any) -> Batch:
        """Return a batch of graphs, see the class."""
        from torch_geometric.data import Batch

        picked = np.atleast_1d(self._picked(rows))
        nodes, edges = (torch.from_numpy(of[picked]) for of in (self.nodes, self.edges))
        of_nodes = _places(self._first_node[picked], self.nodes[picked])
        of_edges = _places(self._first_edge[picked], self.edges[picked])
        ptr, edge_ptr = (torch.cat([count.new_zeros(1), count.cumsum(0)]) for count in (nodes, edges))
        edge_index = torch.from_numpy(self.edge_index[:, of_edges]) + ptr[:-1].repeat_interleave(edges)
        batch = Batch(
            x=_floats(self.x[of_nodes], self.node_categories),
            edge_index=edge_index,
            edge_attr=_floats(self.edge_attr[of_edges], self.edge_categories),
            batch=torch.arange(len(picked)).repeat_interleave(nodes),
            ptr=ptr,
        )
        none = torch.zeros(len(picked), dtype=torch.int64)
        batch._num_graphs = len(picked)  # these are set by PyG's collate, and Batch.to_data_list needs them
        batch._slice_dict = {"x": ptr, "edge_index": edge_ptr, "edge_attr": edge_ptr}
        batch._inc_dict = {"x": none, "edge_index": ptr[:-1], "edge_attr": none}
        return batch

    def mean_degrees(self) -> tuple[float, float]:
        """Return the mean in-degree d of the nodes and the mean of log(d + 1); each is 1 if there are no edges.

        Used by principal neighbourhood aggregation, see :func:`gcnlabel.nn.backbones.pna`.
        """
        own = self.arrays()
        first = np.repeat(np.cumsum(own["nodes"]) - own["nodes"], own["edges"])
        degrees = np.bincount(own["edge_index"][1] + first, minlength=len(own["x"]))
        return float(degrees.mean()) or 1.0, float(np.log(degrees + 1).mean()) or 1.0

    def arrays(self) -> dict[str, Array]:
        """Return the flat arrays of the selected graphs, by the names of the constructor's arguments."""
        of_nodes, of_edges = (
            _places(first[self._rows], counts[self._rows])
            for first, counts in ((self._first_node, self.nodes), (self._first_edge, self.edges))
        )
        return {
            "x": self.x[of_nodes],
            "edge_index": self.edge_index[:, of_edges],
            "edge_attr": self.edge_attr[of_edges],
            "nodes": self.nodes[self._rows],
            "edges": self.edges[self._rows],
        }

    @property
    def _categories(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.node_categories, self.edge_categories

    def _check(self) -> None:
        sizes = (len(self.x), self.edge_index.shape, len(self.edge_attr), len(self.edges))
        wanted = (int(self.nodes.sum()), (2, int(self.edges.sum())), int(self.edges.sum()), len(self.nodes))
        if sizes != wanted or self.x.ndim != 2 or self.edge_attr.ndim != 2:
            raise InputError(
                f"arrays of graphs of sizes {sizes}", expected=f"{wanted}, from the numbers of nodes and edges"
            )
        if (few := np.flatnonzero(self.nodes < 1)).size:
            raise InputError("a graph without nodes", where=f"graph {few[0]}", expected="at least one node")
        of_node, of_edge = (np.repeat(np.arange(len(of)), of) for of in (self.nodes, self.edges))
        outside = ((self.edge_index < 0) | (self.edge_index >= self.nodes[of_edge])).any(0)
        if outside.any():
            raise InputError("an edge has an end outside its graph", where=f"graph {of_edge[outside.argmax()]}")
        for name, values, sizes_of, graph in (
            ("x", self.x, self.node_categories, of_node),
            ("edge_attr", self.edge_attr, self.edge_categories, of_edge),
        ):
            _check_values(name, values, sizes_of, graph)


def _check_values(name: str, values: Array, categories: tuple[int, ...], graph: Array) -> None:
    """Check that features are finite numbers, or valid category codes."""
    if values.dtype.kind not in "iuf" and values.size:
        raise InputError(f"{name} of type {values.dtype}", expected="numbers")
    if not categories:
        bad, expected = ~np.isfinite(values).all(1), "finite numbers"
    elif len(categories) != values.shape[1]:
        raise InputError(
            f"{len(categories)} numbers of categories", expected=f"{values.shape[1]}, one per column of {name}"
        )
    else:
        bad = ((values < 0) | (values >= np.asarray(categories)) | (values != np.floor(values))).any(1)
        expected = f"codes from 0, of {list(categories)} categories"
    if bad.any():
        row = int(bad.argmax())
        raise InputError(f"{name} has {values[row].tolist()}", where=f"graph {graph[row]}", expected=expected)


def _places(first: Array, counts: Array) -> Array:
    """Return the concatenated ranges ``first[i] ... first[i] + counts[i] - 1``."""
    ends = np.cumsum(counts)
    places: Array = np.repeat(first - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)
    return places


def _floats(values: Array, categories: tuple[int, ...]) -> Tensor:
    """Return features as float32, with category codes one-hot encoded."""
    found = torch.from_numpy(np.ascontiguousarray(values))
    if not categories:
        return found.float()
    first = torch.tensor([0, *categories[:-1]]).cumsum(0)
    return torch.zeros(len(found), sum(categories)).scatter_(1, found.long() + first, 1.0)
