"""Weights of samples: how often each is trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError

COPIES = 4
"""Mean number of copies of a sample, at most."""


def copies(weights: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.int64]:
    """Return how often each sample stands in training, in proportion to its weight: [N].

    Weights that are multiples of the least one are followed exactly, if there are few copies; of others each sample has
    the whole numbers next to its share, drawn by a seed so that its mean is the share.

    Args:
        weights: Weight of each sample, [N].
        seed: Seed of the draw.

    Raises:
        InputError: All weights are 0.

    Example:
        >>> copies(np.array([0.5, 0.5, 1.0, 0.0]), seed=0).tolist()
        [1, 1, 2, 0]
    """
    if not weights.any():
        raise InputError("all sample weights are 0", expected="at least one sample that counts")
    relative = weights / weights[weights > 0].min()
    whole = relative.round()
    if np.allclose(relative, whole, rtol=1e-9, atol=0) and whole.sum() <= COPIES * len(weights):
        return whole.astype(np.int64)
    share = np.cumsum(weights * (COPIES * len(weights) / weights.sum()))
    passed = np.floor(share + np.random.default_rng(seed).random())
    return np.diff(passed, prepend=0).astype(np.int64)


def repeated(rows: npt.NDArray[np.int64], times: Any) -> npt.NDArray[np.int64]:
    """Return rows, each as often as it counts; as they are where none would be left."""
    found = np.repeat(rows, times[rows])
    return found if len(found) else rows
