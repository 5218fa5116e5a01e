"""Sample weights: merge duplicates, and repeat samples by weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations import Annotations

COPIES = 4
"""Mean number of copies per sample up to which weights are represented exactly."""
ALWAYS = 10_000
"""Total number of copies up to which weights are always represented exactly."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def distinct(inputs: npt.NDArray[np.float32], annotations: Annotations, weights: Floats) -> tuple[Rows, Floats]:
    """Return one row of each group of equal samples, and the sum of the group's weights; both [K].

    Their order depends only on the samples, so that training depends neither on the order of the samples, nor on
    whether a sample is duplicated or has twice the weight.

    Args:
        inputs: Features [N, D].
        annotations: Targets of the same samples.
        weights: Weights of the samples [N].

    Example:
        >>> from gcnlabel.tasks import Dimensional, TaskSet
        >>> values = Annotations(TaskSet([Dimensional("d", ["v"])]), {"d": np.array([[0.5], [np.nan], [0.5]])})
        >>> distinct(np.ones((3, 2), dtype=np.float32), values, np.array([1.0, 1.0, 2.0]))[1].tolist()
        [3.0, 1.0]
    """
    blocks = [_bytes(inputs), *(_bytes(target) for target in annotations.targets.values())]
    whole = np.hstack(blocks)
    keys = whole.view(np.dtype((np.void, whole.shape[1])))[:, 0]
    _, rows, group = np.unique(keys, return_index=True, return_inverse=True)
    return rows.astype(np.int64), np.bincount(group, weights).astype(np.float64)


def copies(weights: Floats, seed: int, most: int = ALWAYS) -> Rows:
    """Return the number of copies of each sample in training, in proportion to its weight, [N].

    Integer weights, and integer multiples of the smallest weight, are represented exactly if that takes at most
    ``max(most, 4 N)`` copies; others are randomly rounded from their share of 4 N copies, without bias.

    Args:
        weights: Weight of each sample, [N], at least one above 0.
        seed: Seed of the rounding.
        most: Number of copies that is always allowed.

    Example:
        >>> copies(np.array([0.5, 0.5, 1.0, 0.0]), seed=0).tolist(), copies(np.array([4.0, 6.0]), seed=0).tolist()
        ([1, 1, 2, 0], [2, 3])
    """
    whole = _whole(weights)
    if whole is not None and whole.sum() <= max(most, COPIES * len(weights)):
        return whole.astype(np.int64)
    share = np.cumsum(weights * (COPIES * len(weights) / weights.sum()))
    passed = np.floor(share + np.random.default_rng(seed).random())
    return np.diff(passed, prepend=0).astype(np.int64)


def repeated(rows: Rows, times: Any) -> Rows:
    """Return rows, repeated by their number of copies; unchanged if no row would be left."""
    found = np.repeat(rows, times[rows])
    return found if len(found) else rows


def _whole(weights: Floats) -> Floats | None:
    """Return the smallest integers in proportion to the weights; None if the weights are not in simple proportions."""
    relative = weights / weights[weights > 0].min()
    if np.allclose(relative, relative.round(), rtol=1e-9, atol=0):
        return relative.round()
    if (weights == weights.round()).all() and weights.max() < 2**53:
        return weights / np.gcd.reduce(weights.astype(np.int64))
    return None


def _bytes(block: Any) -> npt.NDArray[np.uint8]:
    """Return rows as bytes [N, ...], with one representation of zero and of NaN, so that equal rows are equal bytes."""
    dense = np.array(block.toarray() if sparse.issparse(block) else block).reshape(block.shape[0], -1)
    if dense.dtype.kind == "f":
        dense += 0.0  # -0.0 becomes 0.0
        dense[np.isnan(dense)] = np.nan
    return np.ascontiguousarray(dense).view(np.uint8)
