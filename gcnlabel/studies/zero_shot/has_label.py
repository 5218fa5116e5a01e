"""Upper reference: a ridge regression on the inputs, trained with the label's annotations on the split of the edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PENALTIES = np.logspace(-2, 5, 15)
"""Penalties, in units of a standardised feature's sum of squares."""


def ridge_of_features(inputs: Floats, others: Floats, targets: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return leave-one-out scores of a ridge regression on a label, and its scores of other samples.

    The penalty minimises the leave-one-out error, ``e_i / (1 - H_ii)`` with ``H = Z (Z'Z + penalty I)^-1 Z'`` for
    standardised inputs Z.

    Args:
        inputs: Inputs of the annotated samples [N, D].
        others: Inputs of other samples [M, D].
        targets: 0 / 1 [N], NaN = missing.

    Returns:
        Leave-one-out scores [N], 0 where the annotation is missing, and scores [M].
    """
    wanted = np.asarray(targets, dtype=np.float64)
    seen = np.isfinite(wanted)
    mean, sd = inputs[seen].mean(0), inputs[seen].std(0)
    z, new = ((x - mean) / np.where(sd > 0, sd, 1) for x in (inputs[seen], others))
    y = wanted[seen] - wanted[seen].mean()
    u, s, v = np.linalg.svd(z, full_matrices=False)
    found = []
    for penalty in PENALTIES:
        shrunk = s**2 / (s**2 + penalty)
        residual = (y - u @ (shrunk * (u.T @ y))) / np.maximum(1 - 1 / len(y) - (u**2) @ shrunk, 1e-9)
        found.append((float((residual**2).mean()), penalty, residual))
    _, penalty, residual = min(found, key=lambda one: one[0])
    left_out = np.zeros(len(wanted))
    left_out[seen] = y - residual
    return left_out, new @ (v.T @ (s / (s**2 + penalty) * (u.T @ y)))
