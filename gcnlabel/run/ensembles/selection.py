"""Greedy ensemble selection, shrunk to equal weights (Caruana et al., ICML 2004)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROUNDS = 10
"""Number of selected base models, with repetition."""
DOUBT = {True: 100, False: 20}
"""Number of held-out samples at which selected and equal weights are averaged: for classes and tags, for dimensions."""


def greedy(value: Callable[[Floats], float], models: int, rounds: int = ROUNDS) -> Floats:
    """Return the weights of base models [M]: each round adds the one that improves most, with repetition.

    Args:
        value: Function from weights to their value, higher is better.
        models: Number of base models, M.
        rounds: Number of rounds.

    Example:
        >>> greedy(lambda w: -abs(w[0] - 0.7), 2).tolist()
        [0.7, 0.3]
    """
    count = np.zeros(models)
    for taken in range(1, rounds + 1):
        values = [value((count + one) / taken) for one in np.eye(models)]
        finite = np.nan_to_num(np.array(values, dtype=np.float64), nan=-np.inf)
        count[int(finite.argmax())] += 1
    weights: Floats = count / rounds
    return weights


def shrunk(weights: Floats, trust: float) -> Floats:
    """Return ``trust * weights + (1 - trust) / M``."""
    return trust * weights + (1 - trust) / len(weights)
