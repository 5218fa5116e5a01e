"""Read raw graphs from files of arrays: the pickles of the published codes, and ``.npy`` files.

:mod:`gcnlabel.pickles` reads them and accepts only arrays. Rows of an array without names are in the order of the
tasks' labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.embeddings import as_matrix
from gcnlabel.errors import InputError
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.matrix_files import check_counts
from gcnlabel.graph.sources import graph_from_counts, graph_from_matrix
from gcnlabel.pickles import Frame, read_arrays
from gcnlabel.tasks import TaskSet

EXPECTED = "a dict with adj and nums, or a matrix [L, L]"


def counts_from_pickle(path: str | Path, tasks: TaskSet | None) -> LabelGraph:
    """Return the conditional probabilities of ``{"adj": M, "nums": N}``, in the order of the tasks' labels.

    Raises:
        InputError: The file holds something else, or numbers that are not counts.
    """
    content = read_arrays(path)
    if not _is_counts(content):
        raise InputError(
            f"{path} holds {describe(content)}",
            expected="a dict with adj (co-occurrences [L, L]) and nums (counts [L])",
            fix="for a matrix of a statistic: --from-matrix",
        )
    return _counts(path, content, tasks)


def matrix_from_pickle(path: str | Path, tasks: TaskSet | None) -> LabelGraph:
    """Return the raw graph of a frame, matched by its names, or of an array in the order of the tasks' labels.

    Raises:
        InputError: The file holds something else, or sizes or names differ.
    """
    content = read_arrays(path)
    if _is_counts(content):
        raise InputError(f"{path} holds counts (adj and nums)", expected="a matrix", fix=f"--from-counts {path}")
    return _matrix(path, content, tasks)


def describe(content: Any) -> str:
    """Return a short description of the content of a file."""
    if isinstance(content, np.ndarray):
        return f"an array of shape {list(content.shape)}"
    if isinstance(content, dict):
        return f"a dict with {', '.join(map(str, list(content)[:5])) or 'nothing'}"
    return "a frame" if isinstance(content, Frame) else f"a {type(content).__name__}"


def _is_counts(content: Any) -> bool:
    return isinstance(content, dict) and {"adj", "nums"} <= set(content)


def _named(path: str | Path, tasks: TaskSet | None) -> TaskSet:
    if tasks is None:
        raise InputError(f"{path} holds no names of labels", fix="declare the tasks, in the order of its rows: TASKS")
    return tasks


def _counts(path: str | Path, content: dict[str, Any], tasks: TaskSet | None) -> LabelGraph:
    tasks = _named(path, tasks)
    counts, together = (as_matrix(content[key], f"{path}, {key}", ndim) for key, ndim in (("nums", 1), ("adj", 2)))
    if counts.shape != (tasks.num_labels,) or together.shape != (tasks.num_labels,) * 2:
        raise InputError(
            f"{path} has {counts.size} labels",
            where=f"nums {list(counts.shape)}, adj {list(together.shape)}",
            expected=f"{tasks.num_labels}, as the tasks",
        )
    check_counts(tasks.labels, counts, together, path)
    graph = graph_from_counts(tasks.labels, counts, together, tasks=tasks)
    graph.history["source"] = f"{Path(path).name}, counts in the order of the tasks' labels"
    return graph


def _matrix(path: str | Path, content: Any, tasks: TaskSet | None) -> LabelGraph:
    name = Path(path).name
    names = (content.columns or content.index) if isinstance(content, Frame) else None
    if isinstance(content, Frame) and names is not None:
        columns, index = names, content.index or names  # names of one axis apply to the other too
        if len(content.values) != content.values.shape[1]:
            raise InputError(f"{path} holds a frame of shape {list(content.values.shape)}", expected="a square matrix")
        if sorted(columns) != sorted(index) or len(set(columns)) < len(columns):
            raise InputError(f"{path}: rows and columns have different names, or one twice")
        matrix = content.values[[index.index(label) for label in columns]]
        return graph_from_matrix(columns, matrix, tasks=tasks, source=f"{name}, by name")
    values = content.values if isinstance(content, Frame) else content
    if not isinstance(values, np.ndarray | list):
        raise InputError(f"{path} holds {describe(content)}", expected=EXPECTED)
    tasks = _named(path, tasks)
    matrix = as_matrix(values, path, 2, EXPECTED)
    if matrix.shape != (tasks.num_labels,) * 2:
        raise InputError(f"{path} holds a matrix of shape {list(matrix.shape)}", expected=f"{[tasks.num_labels] * 2}")
    return graph_from_matrix(tasks.labels, matrix, tasks=tasks, source=f"{name}, in the order of the tasks' labels")
