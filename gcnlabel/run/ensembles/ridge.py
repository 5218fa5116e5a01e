"""Ridge regression with the penalty chosen by leave-one-out error, in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PENALTIES = tuple(10.0**k for k in range(-2, 5))
MIN_TARGETS = 3
"""Minimum number of targets for a regression; with fewer, the mean of the targets is predicted."""


@dataclass(frozen=True)
class Ridge:
    """``y = x w + c``.

    Attributes:
        weights: w, [K].
        constant: c.
        left_out: Leave-one-out predictions, [N]; NaN without a target.
    """

    weights: Floats
    constant: float
    left_out: Floats


def loo_ridge(x: Floats, y: Floats) -> Ridge:
    """Return the ridge regression with the smallest leave-one-out error over :data:`PENALTIES`.

    With centred x and ``H = x (xᵀx + penalty)⁻¹ xᵀ + 1/n``, the leave-one-out error of sample i is
    ``(y - H y)_i / (1 - H_ii)`` (Allen 1974).

    Args:
        x: Predictors [N, K].
        y: Targets [N], NaN where missing.

    Example:
        >>> found = loo_ridge(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 5.0, np.nan]))
        >>> round(float(found.weights[0]), 1), round(found.constant, 1), found.left_out.round(1).tolist()
        (2.0, 1.0, [1.1, 3.0, 4.9, nan])
    """
    seen = ~np.isnan(y)
    left_out = np.full(len(y), np.nan)
    if seen.sum() < MIN_TARGETS:
        return Ridge(np.zeros(x.shape[1]), float(y[seen].mean()) if seen.any() else 0.0, left_out)
    a, b = x[seen] - x[seen].mean(0), y[seen] - y[seen].mean()
    u, s, v = np.linalg.svd(a, full_matrices=False)
    found = []
    for penalty in PENALTIES:
        shrink = s**2 / (s**2 + penalty)
        leverage = (u**2) @ shrink + 1 / len(b)
        error = (b - u @ (shrink * (u.T @ b))) / np.maximum(1 - leverage, 1e-9)
        found.append((float((error**2).mean()), penalty, error))
    _, penalty, error = min(found, key=lambda each: each[0])
    weights: Floats = v.T @ ((s / (s**2 + penalty)) * (u.T @ b))
    left_out[seen] = y[seen] - error
    return Ridge(weights, float(y[seen].mean() - x[seen].mean(0) @ weights), left_out)
