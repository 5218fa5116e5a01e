"""Order of labels in a heat map: similar labels are adjacent, so that groups appear as blocks."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]

Order = Literal["tasks", "dendrogram", "given"]
ORDERS: tuple[str, ...] = get_args(Order)
MAX_GIVEN = 12
"""Largest number of labels that keep the order of the tasks by default."""


def label_order(likeness: Floats, tasks: TaskSet, by: str | None = None) -> npt.NDArray[np.intp]:
    """Return the label indices [L] in drawing order.

    Args:
        likeness: Similarity of labels [L, L]: graph weights or cosine similarities; NaN counts as 0.
        tasks: Tasks of the labels.
        by: ``tasks``: by task, within each in dendrogram order; ``dendrogram``: dendrogram order of all labels;
            ``given``: as in the tasks. None: ``given`` for up to 12 labels, else ``tasks``.

    Raises:
        InputError: There is no such order.

    Example:
        >>> pairs = np.kron(np.array([[0, 1], [1, 0]]), np.eye(2))  # the first with the third, the second with the last
        >>> label_order(pairs, TaskSet.from_dict({"t": {"type": "multilabel", "labels": [*"abcd"]}}), "tasks").tolist()
        [0, 2, 3, 1]
    """
    if by is not None and by not in ORDERS:
        raise InputError(f"order {by!r}", expected=" | ".join(ORDERS))
    places = np.arange(len(likeness))
    by = by or ("given" if len(places) <= MAX_GIVEN else "tasks")
    if by == "given":
        return places
    groups = [places[tasks.slice_of(task)] for task in tasks] if by == "tasks" else [places]
    return np.concatenate([group[_leaves(likeness[np.ix_(group, group)])] for group in groups])


def _leaves(likeness: Floats) -> npt.NDArray[np.intp]:
    """Return the leaf order of the average-linkage dendrogram, optimally ordered (Bar-Joseph et al., 2001).

    Labels without similarity to any other come last.
    """
    known = np.nan_to_num(likeness)
    pairs = (known + known.T) / 2
    np.fill_diagonal(pairs, 0)
    alone = ~pairs.any(0)
    rest = np.flatnonzero(~alone)
    if len(rest) > 2:
        distance = squareform(1 - pairs[np.ix_(rest, rest)] / np.abs(pairs).max(), checks=False)
        rest = rest[leaves_list(linkage(distance, "average", optimal_ordering=True))]
        rest = rest if rest[0] <= rest[-1] else rest[::-1]
    return np.concatenate([rest, np.flatnonzero(alone)])
