"""Files of graphs: safetensors, or the files of PyTorch Geometric's ``InMemoryDataset``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file
from torch import Tensor

from gcnlabel.data.graph_lists import graphs_from_list
from gcnlabel.data.graphs import Array, Graphs
from gcnlabel.errors import InputError, shorten
from gcnlabel.files import atomic_write, existing_file, sort_header
from gcnlabel.pickles.torch_files import check_tensor, load_torch

GRAPH_FILES = (".safetensors", ".pt")
KEY = "gcnlabel.graphs"
ARRAYS = ("x", "edge_index", "edge_attr", "nodes", "edges")
FIX = "load the data set in Python, and write it with gcnlabel.data.save_graphs(PATH, dataset)"


@dataclass(frozen=True)
class StoredGraphs:
    """Content of a file of graphs.

    Attributes:
        graphs: The graphs.
        targets: Their ``y`` [N, columns], NaN where not annotated; None if they have none.
    """

    graphs: Graphs
    targets: Array | None


def save_graphs(
    path: str | Path,
    graphs: Iterable[Any],
    *,
    node_categories: Sequence[int] = (),
    edge_categories: Sequence[int] = (),
    overwrite: bool = False,
) -> None:
    """Write a list, or data set, of :class:`torch_geometric.data.Data` to a ``.safetensors`` file, without pickling.

    Only ``x``, ``edge_index``, ``edge_attr`` and ``y`` are written.

    Args:
        path: The file.
        graphs: The graphs; ``y`` is optional, one row of targets per graph, NaN where not annotated.
        node_categories: Number of categories of each column of ``x``, if it has category codes, to one-hot encode them.
        edge_categories: The same for ``edge_attr``.
        overwrite: Whether to replace an existing file.

    Raises:
        InputError: The graphs have different columns, or the file exists or cannot be written.
    """
    graphs = list(graphs)
    found = graphs_from_list(graphs, node_categories, edge_categories)
    arrays = found.arrays()
    if getattr(graphs[0], "y", None) is not None:
        arrays["y"] = np.stack([_row(graph, row, graphs[0].y.numel()) for row, graph in enumerate(graphs)])
    kept = {"node_categories": found.node_categories, "edge_categories": found.edge_categories}
    with atomic_write(path, overwrite=overwrite) as temporary:
        content = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        save_file(content, temporary, metadata={KEY: json.dumps(kept)})
        sort_header(temporary)


def load_graphs(path: str | Path) -> StoredGraphs:
    """Return the graphs of a file of :func:`save_graphs` or ``InMemoryDataset.save`` (its ``processed`` file).

    The latter is loaded with ``weights_only``, which runs no code from it and imports no class that it names.

    Raises:
        InputError: The file is missing or damaged, or can only be loaded by unpickling.
    """
    path = existing_file(path, "graphs")
    suffix = path.suffix.lower()
    if suffix not in GRAPH_FILES:
        expected = ".safetensors of gcnlabel.data.save_graphs, or .pt of InMemoryDataset.save"
        raise InputError(f"{path} is not a file of graphs", expected=expected, fix=FIX)
    try:
        return _read_tensors(path) if suffix == ".safetensors" else _read_processed(path)
    except InputError as error:
        if str(path) in str(error):
            raise
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # damaged files raise errors of many types
        raise InputError(f"{path} has no valid graphs: {str(error).partition(chr(10))[0]}", fix=FIX) from error


def _read_tensors(path: Path) -> StoredGraphs:
    with safe_open(path, framework="np") as file:
        metadata = file.metadata() or {}
        if KEY not in metadata or _lacking(file.keys()):
            raise InputError(f"{path} has the arrays {shorten(file.keys())}", expected=shorten(ARRAYS), fix=FIX)
        kept = json.loads(metadata[KEY])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, no mapping
    targets = arrays.pop("y", None)
    return _checked(Graphs(*(arrays[name] for name in ARRAYS), *_categories(kept)), targets)


def _lacking(names: Iterable[str]) -> bool:
    return not {*ARRAYS} <= {*names}


def _categories(kept: Any) -> list[tuple[int, ...]]:
    return [tuple(int(size) for size in kept[name]) for name in ("node_categories", "edge_categories")]


class _Named:
    """Replaces a class that a file uses, without behaviour."""


def _read_processed(path: Path) -> StoredGraphs:
    names = ("torch_geometric.data.data.Data",)
    loaded = load_torch(path, fix=FIX, inert=dict.fromkeys(names, _Named))
    if not isinstance(loaded, tuple) or len(loaded) != 3 or not isinstance(loaded[0], Mapping):
        raise InputError(f"{path} is not a stored data set", expected="a file of InMemoryDataset.save", fix=FIX)
    values, slices, _ = loaded
    if not isinstance(slices, Mapping):
        raise InputError(f"{path} has a single graph", expected="a data set of several", fix=FIX)
    found = {
        name: check_tensor(value, name).detach().numpy() for name, value in values.items() if isinstance(value, Tensor)
    }
    for name in ("x", "edge_index"):
        if name not in found or name not in slices:
            raise InputError(f"the graphs in {path} have no {name}", fix=f"add node features; {FIX}")
    nodes, edges = (np.diff(check_tensor(slices[name], name).numpy()) for name in ("x", "edge_index"))
    attributes = found.get("edge_attr", np.empty((int(edges.sum()), 0), dtype=np.float32))
    x, attributes = (values[:, None] if values.ndim == 1 else values for values in (found["x"], attributes))
    targets = found.get("y")
    if targets is not None and len(targets) != len(nodes) and targets.ndim == 1 and len(targets) % len(nodes) == 0:
        targets = targets.reshape(len(nodes), -1)  # y [columns] of all graphs, concatenated
    return _checked(Graphs(x, found["edge_index"], attributes, nodes, edges), targets)


def _checked(graphs: Graphs, targets: Array | None) -> StoredGraphs:
    if targets is None:
        return StoredGraphs(graphs, None)
    targets = targets[:, None] if targets.ndim == 1 else targets
    if targets.ndim != 2 or len(targets) != len(graphs) or targets.dtype.kind not in "biuf":
        raise InputError(
            f"y of type {targets.dtype} and shape {list(targets.shape)}", expected=f"numbers [{len(graphs)}, columns]"
        )
    return StoredGraphs(graphs, targets.astype(np.float64))


def _row(graph: Any, row: int, size: int) -> Array:
    y = getattr(graph, "y", None)
    if not isinstance(y, Tensor) or y.numel() != size:
        raise InputError(f"no y of {size} numbers", where=f"graph {row}", expected="as the first graph")
    values: Array = y.detach().cpu().double().reshape(-1).numpy()
    return values
