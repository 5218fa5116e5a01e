"""The pickles of the published codes, through a reader that admits arrays and refuses everything else by name."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.sources import graph_from_counts, graph_from_matrix
from gcnlabel.tasks import TaskSet

NUMPY = {
    *((f"numpy.{core}.multiarray", name) for core in ("core", "_core") for name in ("_reconstruct", "scalar")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
PANDAS = {
    ("pandas.core.frame", "DataFrame"),
    ("pandas", "DataFrame"),
    ("pandas.core.internals.managers", "BlockManager"),
    ("pandas.core.indexes.base", "_new_Index"),
    ("pandas.core.indexes.base", "Index"),
    ("pandas", "Index"),
    ("pandas.core.indexes.range", "RangeIndex"),
    ("pandas", "RangeIndex"),
    ("pandas._libs.internals", "_unpickle_block"),
    ("builtins", "slice"),
    ("__builtin__", "slice"),
}


class ArrayUnpickler(pickle.Unpickler):
    """Finds numpy's and pandas' array reconstruction and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a global that rebuilds arrays.

        Raises:
            InputError: The pickle asks for anything else; it is named.
        """
        if (module, name) not in NUMPY | PANDAS:
            raise InputError(
                f"the pickle asks for {module}.{name}",
                expected="numpy arrays and pandas frames alone",
                fix="do not open this file with anything that runs pickles",
            )
        found: Callable[..., Any] = super().find_class(module, name)
        return found


def read_pickle(path: str | Path) -> Any:
    """Return the arrays of a published pickle.

    Raises:
        InputError: The pickle holds something other than arrays, or is damaged.
    """
    path = existing_file(path, "pickle")
    try:
        return ArrayUnpickler(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except InputError as error:
        raise InputError(f"{path} is refused: {error}") from None
    except Exception as error:
        raise InputError(f"{path} is no pickle of arrays, or is damaged: {error}") from error


def graph_from_pickle(path: str | Path, tasks: TaskSet) -> LabelGraph:
    """Return the raw graph of a published ``*_adj.pkl`` or ``spearman_*.pkl``.

    ``{"adj": M, "nums": N}`` becomes conditional probabilities, in the order of the tasks' labels (the file holds no
    names); a pandas frame is matched by its names.

    Raises:
        InputError: The file holds something else, or the sizes or names differ.
    """
    content = read_pickle(path)
    if isinstance(content, dict) and {"adj", "nums"} <= set(content):
        counts, together = np.asarray(content["nums"]), np.array(content["adj"], dtype=float)
        if counts.shape != (tasks.num_labels,) or together.shape != (tasks.num_labels,) * 2:
            raise InputError(f"{path} is about {counts.size} labels", expected=f"{tasks.num_labels}, as the tasks")
        return graph_from_counts(tasks.labels, counts, together, tasks=tasks)
    if hasattr(content, "columns") and hasattr(content, "index"):
        columns, index = [str(c) for c in content.columns], [str(i) for i in content.index]
        if sorted(columns) != sorted(index):
            raise InputError(f"{path}: rows and columns have different names")
        matrix = content.to_numpy()[[index.index(name) for name in columns]]
        return graph_from_matrix(columns, matrix, tasks=tasks, source="pandas pickle")
    raise InputError(f"{path} holds a {type(content).__name__}", expected="a dict with adj and nums, or a pandas frame")


def vectors_from_pickle(path: str | Path, size: int) -> npt.NDArray[np.float64]:
    """Return the label embeddings [L, F] of a published ``*_word2vec.pkl``; it holds no names, only an order.

    Raises:
        InputError: The file holds something else than ``size`` rows of numbers.
    """
    content = read_pickle(path)
    array = np.asarray(content, dtype=np.float64) if isinstance(content, np.ndarray) else np.empty(0)
    if array.ndim != 2 or len(array) != size:
        raise InputError(f"{path} holds an array of shape {list(array.shape)}", expected=f"[{size}, F]")
    return array
