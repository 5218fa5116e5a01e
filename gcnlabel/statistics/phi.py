"""Phi coefficient, the correlation of two indicators."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.errors import UndefinedStatisticWarning, shorten
from gcnlabel.statistics.pair_counts import CountingStatistic, PairCounts
from gcnlabel.statistics.statistic import MIN_SAMPLES, STATISTICS, Floats, Ints, fill_undefined
from gcnlabel.tasks import Task

NEGLIGIBLE = 0.01
"""Absolute phi below which a sparse block leaves out pairs of labels that never occur together."""


def phi_from_counts(counts: PairCounts) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return ``(n n11 - n1. n.1) / sqrt(n1. (n - n1.) n.1 (n - n.1))`` and where it is defined, [La, Lb] each.

    Example:
        >>> one = np.array([[1]])
        >>> phi_from_counts(PairCounts(both=2 * one, first=2 * one, second=2 * one, total=4 * one))[0].tolist()
        [[1.0]]
    """
    n, first, second = (x.astype(np.float64) for x in (counts.total, counts.first, counts.second))
    spread = np.sqrt(first * (n - first)) * np.sqrt(second * (n - second))
    defined = (spread > 0) & (counts.total >= MIN_SAMPLES)
    return np.divide(n * counts.both - first * second, spread, out=np.zeros_like(n), where=defined), defined


def sparse_phi(counts: PairCounts, a: Task, b: Task) -> sparse.coo_array:
    """Return phi [La, Lb] of the pairs that occur, and of others where it is not :data:`NEGLIGIBLE`.

    For labels that never occur together, phi is ``-sqrt(o_i o_j)`` with the odds ``o = n1 / (n - n1)``: small where
    both are rare. With missing annotations the number of samples differs between pairs, and the whole matrix is
    computed.

    Args:
        counts: Counts of the pairs.
        a: Task of the rows.
        b: Task of the columns.
    """
    if not sparse.issparse(counts.both) or np.size(counts.first) != len(a) or np.size(counts.second) != len(b):
        return sparse.coo_array(fill_undefined(*phi_from_counts(counts.dense(len(a), len(b))), a, b))
    n = float(counts.total)
    seen = [np.asarray(x, dtype=np.float64).ravel() for x in (counts.first, counts.second)]
    varies = [(x > 0) & (x < n) & (n >= MIN_SAMPLES) for x in seen]
    odds = [np.where(v, x / np.where(v, n - x, 1), 0) for x, v in zip(seen, varies, strict=True)]
    _warn_of_constant(varies, a, b)
    both = sparse.coo_array(counts.both)
    some = (both.data > 0) & varies[0][both.row] & varies[1][both.col] & ((both.row != both.col) | (a != b))
    rows, columns, together = both.row[some].astype(np.int64), both.col[some].astype(np.int64), both.data[some]
    spread = [np.sqrt(x * (n - x)) for x in seen]
    values = (n * together - seen[0][rows] * seen[1][columns]) / (spread[0][rows] * spread[1][columns])
    apart, other = _never_together(odds[0], odds[1], rows * len(b) + columns, same=a == b)
    same = np.flatnonzero(varies[0]) if a == b else rows[:0]
    places = [np.concatenate(parts) for parts in ((rows, apart, same), (columns, other, same))]
    every = np.concatenate([values.clip(-1, 1), -np.sqrt(odds[0][apart] * odds[1][other]), np.ones(len(same))])
    return sparse.coo_array((every, (places[0], places[1])), shape=(len(a), len(b)))


def _never_together(first: Floats, second: Floats, together: Ints, *, same: bool) -> tuple[Ints, Ints]:
    """Return rows and columns of pairs that do not occur and whose phi is not negligible, from odds [La] and [Lb].

    Args:
        first: Odds of the labels of the rows.
        second: Odds of those of the columns.
        together: Row times Lb plus column of each pair that occurs.
        same: Whether rows and columns are the same labels.
    """
    order = np.argsort(-second, kind="stable")
    least = np.divide(NEGLIGIBLE**2, first, out=np.full(len(first), np.inf), where=first > 0)
    each = np.searchsorted(-second[order], -least, side="right")  # [La] columns of at least these odds
    rows = np.repeat(np.arange(len(first)), each)
    columns = order[np.arange(len(rows)) - np.repeat(each.cumsum() - each, each)]
    kept = ~np.isin(rows * len(second) + columns, together) & ((rows != columns) | (not same))
    return rows[kept], columns[kept]


def _warn_of_constant(varies: list[npt.NDArray[np.bool_]], a: Task, b: Task) -> None:
    constant = {task.labels[i]: None for task, v in zip((a, b), varies, strict=True) for i in np.flatnonzero(~v)}
    if constant:
        reason = "constant or never annotated, or fewer than 3 samples"
        text = f"no defined statistic, 0 instead, of {shorten(constant)} ({reason})"
        warnings.warn(text, UndefinedStatisticWarning, stacklevel=3)


@STATISTICS.register("phi")
class Phi(CountingStatistic):
    """Phi coefficient: Pearson's (and Spearman's) correlation of two 0/1 indicators, signed."""

    def compute(self) -> Floats:
        """Return the block [La, Lb]."""
        return fill_undefined(*phi_from_counts(self.counts), self.a, self.b)

    def compute_sparse(self) -> sparse.coo_array:
        """Return the block without negligible values."""
        return sparse_phi(self._counts, self.a, self.b)
