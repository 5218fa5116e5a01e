"""Assign groups of samples to splits such that each split has its fraction of samples and of every label."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_TRIES, WORK = 32, 20_000
"""Largest number of random orders, and number of group assignments over all orders."""


def divide_groups(strata: Any, sizes: Floats, fractions: Floats, seed: int) -> Rows:
    """Return the split of each group, int64 [groups].

    Groups are assigned greedily, each to the split for which ``sum_s w_s (assigned - wanted)^2`` over strata and splits
    grows least. The number of samples is one more stratum, which weighs as much as all others together. Of several
    random orders, the best result is returned. No split is left empty.

    A fixed order (largest groups first, or those of the rarest label first) would be biased towards the first split.

    Args:
        strata: Number of samples of each stratum in each group, CSR [groups, strata].
        sizes: Number of samples of each group, [groups].
        fractions: Fraction of each split, [splits].
        seed: Seed of the random orders.

    Example:
        >>> from scipy import sparse
        >>> chosen = divide_groups(sparse.csr_array(np.ones((4, 1))), np.ones(4), np.array([0.75, 0.25]), seed=0)
        >>> np.bincount(chosen).tolist()
        [3, 1]
    """
    random = np.random.default_rng(seed)
    totals = np.append(np.asarray(strata.sum(0)).ravel(), sizes.sum())  # [strata + 1], samples last
    weights = 1 / np.maximum(totals, 1) ** 2
    weights[-1] *= max(len(totals) - 1, 1)
    wanted = np.outer(totals, fractions)  # [strata + 1, splits]
    best, least = np.zeros(len(sizes), dtype=np.int64), np.inf
    for _ in range(max(1, min(MAX_TRIES, WORK // len(sizes)))):
        chosen, lacks = _given(strata, sizes, wanted.copy(), weights, random.permutation(len(sizes)))
        cost = float(weights @ (lacks**2).sum(1))
        if cost < least - 1e-12:
            best, least = chosen, cost
    return best


def _given(strata: Any, sizes: Floats, lacks: Floats, weights: Floats, order: Rows) -> tuple[Rows, Floats]:
    """Return the split of each group, assigned in ``order``, and wanted - assigned samples [strata + 1, splits]."""
    chosen = np.full(len(order), -1)
    empty = np.ones(lacks.shape[1], dtype=bool)
    for left, group in zip(range(len(order), 0, -1), order.tolist(), strict=True):
        row = slice(strata.indptr[group], strata.indptr[group + 1])
        places = np.append(strata.indices[row], len(weights) - 1)
        held = np.append(strata.data[row], sizes[group])
        gain = (weights[places] * held) @ lacks[places]
        split = int(np.where(empty, gain, -np.inf).argmax() if empty.sum() >= left else gain.argmax())
        chosen[group], empty[split] = split, False
        lacks[places, split] -= held
    return chosen, lacks
