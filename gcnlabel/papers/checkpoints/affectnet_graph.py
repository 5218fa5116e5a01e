"""Compare the edges in a checkpoint with those of AffectNet, to check the assumed order of the labels."""

from __future__ import annotations

from importlib import resources

import numpy as np
from torch import Tensor

from gcnlabel.graph import read_matrix
from gcnlabel.graph.old_codes import EMOTION_GCN_TAU
from gcnlabel.tasks import TaskSet


def doubts_about_labels(matrix: Tensor, tasks: TaskSet) -> tuple[str, ...]:
    """Return reasons to doubt the assumed order of the labels; empty if the edges of A give none.

    Args:
        matrix: A [L, L] of the checkpoint.
        tasks: Tasks with the labels in the assumed order.
    """
    with resources.as_file(resources.files("gcnlabel") / "resources" / "affectnet_spearman.csv") as path:
        names, statistic = read_matrix(path)
    if set(names) != set(tasks.labels):
        return ()
    edges = np.abs(statistic) >= EMOTION_GCN_TAU
    edges[:-2, :-2] = False  # classes with classes
    found, off = matrix.numpy() != 0, ~np.eye(len(names), dtype=bool)
    order = [names.index(label) for label in tasks.labels]
    by_name = int((found != edges[np.ix_(order, order)])[off].sum())
    by_place = int((found != edges)[off].sum())
    if by_name == 0:
        return ()
    if by_place == 0:
        return ("its edges are those of AffectNet in the order of AffectNet's codes: was it trained on AffectNet?",)
    if list(tasks.labels) != names:
        return ()
    return (
        f"its edges are not those of AffectNet's published statistic ({by_name} differ): if it was trained on other "
        "data, name them (--dataset aff-wild2, or --labels FILE)",
    )
