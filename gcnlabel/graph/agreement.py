"""Test whether edges from another source agree with the statistics measured on the shared labels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from gcnlabel.decimals import decimal
from gcnlabel.errors import DisagreeingEdgesWarning
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense

Floats = npt.NDArray[np.float64]

PERMUTATIONS = 199
MAX_P = 0.05
ENOUGH = 0.5
"""Rank correlation that is accepted without a test, which has no power with few or similar labels."""
MIN_LABELS = 4
"""Smallest number of labels for a permutation test: three have only six orders."""
COSINES = "cosines of embeddings"
"""Name, in the history of a graph, of edges that are computed from embeddings."""


@dataclass(frozen=True)
class Agreement:
    """How well two matrices over the same labels agree.

    Attributes:
        correlation: Spearman's rank correlation of their entries; NaN if all entries of one of them are equal.
        p: p-value of a Mantel test: share of label permutations with a correlation at least as high; NaN likewise.
        pairs: Number of compared ordered pairs of different labels.
    """

    correlation: float
    p: float
    pairs: int

    @property
    def holds(self) -> bool:
        """Whether the correlation is at least :data:`ENOUGH`, or positive with ``p <= MAX_P``."""
        return self.correlation >= ENOUGH or (self.correlation > 0 and self.p <= MAX_P)

    def __str__(self) -> str:
        """Return the numbers in words."""
        if np.isnan(self.correlation):
            return f"no rank correlation over {self.pairs} pairs of trained labels, as all values of one side are equal"
        correlation = decimal(self.correlation, 2, "+")
        return f"rank correlation {correlation} over {self.pairs} pairs of trained labels (p = {self.p:.3f})"


def agreement_of(measured: LabelGraph, other: LabelGraph) -> Agreement:
    """Return how well another raw graph agrees with a measured one, over the pairs of labels that were measured.

    Signs count: for mutually exclusive labels, a measured -0.5 and a cosine of 0.8 disagree. Labels are permuted within
    their task only, so that p does not depend on differences between tasks.

    Args:
        measured: Raw graph of the trained labels.
        other: Raw graph that holds these labels, matched by name.

    Raises:
        InputError: ``other`` lacks a label.

    Example:
        >>> apart = np.abs(np.subtract.outer([0, 1, 3, 7, 15], [0, 1, 3, 7, 15]))
        >>> near, far = (LabelGraph.from_dense(values, list("abcde")) for values in (-apart, apart))
        >>> agreement_of(near, near).holds, agreement_of(near, far).holds
        (True, False)
    """
    place = np.array([other.tasks.index(label) for label in measured.labels])
    inside = _measured_pairs(measured)
    a = _standard_ranks(as_dense(measured.statistic).double().numpy(), inside)
    b = _standard_ranks(as_dense(other.statistic).double().numpy()[np.ix_(place, place)], inside)
    count = int(inside.sum())
    if a is None or b is None:
        return Agreement(float("nan"), float("nan"), count)
    found, rng = float((a * b).sum()), np.random.default_rng(0)
    tasks = np.array(measured.tasks.task_indices())
    as_high = 1
    for _ in range(PERMUTATIONS):
        order = np.lexsort((rng.random(len(tasks)), tasks))  # tasks in order, labels of a task permuted
        as_high += float((a * b[np.ix_(order, order)]).sum()) >= found - 1e-9
    return Agreement(found, as_high / (PERMUTATIONS + 1), count)


def warn_of_disagreement(measured: LabelGraph, other: LabelGraph) -> None:
    """Warn where another raw graph, the source of edges for new labels, disagrees with the measured statistics.

    There is no warning for edges that are not cosines of embeddings, or with fewer than four labels.
    """
    is_cosines = other.history.get("source") == COSINES
    if not is_cosines and len(measured.labels) < MIN_LABELS:
        return
    found = agreement_of(measured, other)
    if not found.holds:
        warnings.warn(disagreement(found, is_cosines), DisagreeingEdgesWarning, stacklevel=3)


def disagreement(found: Agreement, is_cosines: bool) -> str:
    """Return the warning for edges that disagree with the measured statistics."""
    what = "cosines of the embeddings" if is_cosines else "statistics of another source"
    return (
        f"{what} disagree with the measured statistics: {found}. New labels with edges from that source may score no "
        "better than chance, or worse; statistics of annotations in which they occur are safer"
    )


def _measured_pairs(graph: LabelGraph) -> npt.NDArray[np.bool_]:
    """Return which pairs of different labels were measured, bool [L, L]; all, if the history has no blocks."""
    size, blocks = graph.tasks.num_labels, graph.history.get("blocks")
    inside = np.zeros((size, size), dtype=bool) if blocks else np.ones((size, size), dtype=bool)
    for a, b in (block["tasks"] for block in blocks or []):
        rows, columns = graph.tasks.slice_of(a), graph.tasks.slice_of(b)
        inside[rows, columns] = inside[columns, rows] = True
    np.fill_diagonal(inside, False)
    return inside


def _standard_ranks(values: Floats, inside: npt.NDArray[np.bool_]) -> Floats | None:
    """Return ranks of the entries inside, with mean 0 and norm 1, [L, L]; None if all entries are equal."""
    ranks = np.zeros_like(values)
    if not inside.any():
        return None
    ranks[inside] = rankdata(values[inside])
    ranks[inside] -= ranks[inside].mean()
    length = float(np.linalg.norm(ranks))
    return ranks / length if length > 0 else None
