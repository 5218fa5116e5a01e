"""Convert lists and data sets of PyTorch Geometric to inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from gcnlabel.data.graphs import Array, Graphs
from gcnlabel.errors import InputError


def graphs_from_list(
    graphs: Iterable[Any], node_categories: Sequence[int] = (), edge_categories: Sequence[int] = ()
) -> Graphs:
    """Return the graphs of a list, or data set, of :class:`torch_geometric.data.Data`.

    Args:
        graphs: Graphs with ``x`` [nodes, columns] and ``edge_index`` [2, edges], and all or none with ``edge_attr``
            [edges, columns]; other attributes are ignored.
        node_categories: Number of categories of each column of ``x``, if it has category codes, to one-hot encode them.
        edge_categories: The same for ``edge_attr``.

    Raises:
        InputError: There are no graphs, one has no ``x`` or other columns than the first, or is invalid for
            :class:`Graphs`; the message gives its index, from 0.

    Example:
        >>> import torch
        >>> from torch_geometric.data import Data
        >>> graphs_from_list([Data(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]))]).shape
        (1, 2, 0)
    """
    graphs = list(graphs)
    if not graphs:
        raise InputError("a list without graphs", expected="at least one torch_geometric.data.Data")
    edges = [_edges(graph, row) for row, graph in enumerate(graphs)]
    xs = [_columns(graph, "x", row) for row, graph in enumerate(graphs)]
    attributes = [_edge_columns(graph, row) for row, graph in enumerate(graphs)]
    _check_columns("x", xs)
    _check_columns("edge_attr", attributes)
    return Graphs(
        np.concatenate(xs),
        np.concatenate(edges, axis=1),
        np.concatenate(attributes),
        [len(values) for values in xs],
        [of.shape[1] for of in edges],
        node_categories,
        edge_categories,
    )


def _check_columns(name: str, found: Sequence[Array]) -> None:
    for row, values in enumerate(found):
        if values.shape[1] != found[0].shape[1]:
            expected = f"{found[0].shape[1]}, as the first graph"
            raise InputError(f"{name} has {values.shape[1]} columns", where=f"graph {row}", expected=expected)


def _columns(graph: Any, name: str, row: int) -> Array:
    values = getattr(graph, name, None)
    if not isinstance(values, Tensor) or values.ndim not in (1, 2):
        raise InputError(
            f"no {name} [{'nodes' if name == 'x' else 'edges'}, features]",
            where=f"graph {row}",
            fix="add node features, e.g. with torch_geometric.transforms.OneHotDegree or Constant",
        )
    return (values[:, None] if values.ndim == 1 else values).detach().cpu().numpy()


def _edges(graph: Any, row: int) -> Array:
    edges = getattr(graph, "edge_index", None)
    if not isinstance(edges, Tensor) or edges.ndim != 2 or len(edges) != 2:
        raise InputError("no edge_index [2, edges]", where=f"graph {row}", expected="a torch_geometric.data.Data")
    return edges.cpu().numpy()


def _edge_columns(graph: Any, row: int) -> Array:
    if getattr(graph, "edge_attr", None) is None:
        return np.empty((graph.edge_index.shape[1], 0), dtype=np.float32)
    return _columns(graph, "edge_attr", row)
