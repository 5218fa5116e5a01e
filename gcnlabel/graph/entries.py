"""Build raw graphs from the entries of sparse matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.errors import InputError
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import MAX_DENSE, sparse_matrix
from gcnlabel.tasks import TaskSet

Array = npt.NDArray[Any]


def graph_from_entries(
    rows: Array, columns: Array, values: Array, tasks: TaskSet, *, history: dict[str, Any] | None = None
) -> LabelGraph:
    """Return the raw graph of a matrix [L, L] from its non-zero entries, each position at most once.

    Its ``statistic`` is dense up to :data:`~gcnlabel.graph.raw_matrix.MAX_DENSE` labels, a sparse COO tensor above.

    Args:
        rows: Receiving label of each entry, [K].
        columns: Source label of each entry, [K].
        values: The entries, [K].
        tasks: Tasks whose labels are the rows.
        history: How the matrix was made, plain values.

    Raises:
        InputError: An entry is not finite.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> graph_from_entries(np.array([0]), np.array([1]), np.array([0.5]), tasks).adjacency().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
    """
    size, values = tasks.num_labels, np.asarray(values, dtype=np.float64)
    if size <= MAX_DENSE:
        matrix = np.zeros((size, size))
        matrix[rows, columns] = values
        return LabelGraph.from_dense(matrix, tasks, history=history)
    if not np.isfinite(values).all():
        k = int(np.flatnonzero(~np.isfinite(values))[0])
        where = f"row {tasks.labels[rows[k]]!r}, column {tasks.labels[columns[k]]!r}"
        raise InputError(f"the matrix holds {values[k]}", where=where, expected="finite numbers")
    place = torch.as_tensor(np.stack([rows, columns]).astype(np.int64))
    statistic = sparse_matrix(place, torch.as_tensor(values), size)
    (target, source), weight = statistic.indices(), statistic.values()
    kept = (target != source) & (weight != 0)
    edges = torch.stack([source[kept], target[kept]])
    return LabelGraph(tasks, statistic=statistic, history=history, edge_index=edges, edge_weight=weight[kept].float())
