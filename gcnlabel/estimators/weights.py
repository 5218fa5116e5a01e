"""Weights of samples: how often each is trained on, and samples that stand several times as one of their weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations import Annotations

COPIES = 4
"""Copies of a sample, in the mean, up to which weights are followed exactly."""
ALWAYS = 10_000
"""Copies of all samples together up to which they are followed exactly, too."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def distinct(inputs: npt.NDArray[np.float32], annotations: Annotations, weights: Floats) -> tuple[Rows, Floats]:
    """Return one row of each group of equal samples, and the sum of the group's weights; both [K].

    Their order depends on the samples alone: what is trained on them depends neither on the order in which samples are
    given, nor on whether one stands twice or weighs twice as much.

    Args:
        inputs: Features [N, D].
        annotations: Targets of the same samples.
        weights: Weights of them [N].

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
    """Return how often each sample stands in training, in proportion to its weight: [N].

    Whole numbers, and whole multiples of the least weight, are followed exactly where that takes up to
    ``max(most, 4 N)`` copies; of others each sample has the whole numbers next to its share of 4 N, drawn by a seed so
    that its mean is the share.

    Args:
        weights: Weight of each sample, [N], one above 0 at least.
        seed: Seed of the draw.
        most: Copies of all samples that may always be made.

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
    """Return rows, each as often as it counts; as they are where none would be left."""
    found = np.repeat(rows, times[rows])
    return found if len(found) else rows


def _whole(weights: Floats) -> Floats | None:
    """Return the smallest whole numbers in proportion to weights, None where there are none that are easily found."""
    relative = weights / weights[weights > 0].min()
    if np.allclose(relative, relative.round(), rtol=1e-9, atol=0):
        return relative.round()
    if (weights == weights.round()).all() and weights.max() < 2**53:
        return weights / np.gcd.reduce(weights.astype(np.int64))
    return None


def _bytes(block: Any) -> npt.NDArray[np.uint8]:
    """Return rows as bytes [N, ...] that are equal where the rows are: one zero, one NaN."""
    dense = np.array(block.toarray() if sparse.issparse(block) else block).reshape(block.shape[0], -1)
    if dense.dtype.kind == "f":
        dense += 0.0  # -0.0 becomes 0.0
        dense[np.isnan(dense)] = np.nan
    return np.ascontiguousarray(dense).view(np.uint8)
