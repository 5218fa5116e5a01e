"""Colour scale of the weights between labels."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.colors import Colormap, ListedColormap

SIGNED = "RdBu_r"
"""Diverging colour map for signed numbers: red is positive, blue is negative."""


class Scale(NamedTuple):
    """Limits of a colour map, the colour map, and which limits are exceeded (matplotlib's ``extend``)."""

    limits: tuple[float, float]
    cmap: Colormap
    extend: str


def robust_scale(weights: npt.NDArray[np.float64]) -> Scale:
    """Return a colour scale for weights that is not dominated by outliers.

    The upper limit is 1.5 interquartile ranges above the upper quartile of the absolute weights (Tukey's fence), but at
    least their 95th percentile; or the largest weight, if that is at most 20% larger. Zeros (no edge) are ignored.
    Signed weights get a diverging colour map around 0; for others, the lowest colour is not white.

    Args:
        weights: Weights, of any shape.

    Example:
        >>> robust_scale(np.array([1, 2, 1, 2, 1.5, 50])).limits, robust_scale(np.array([-0.5, 0.0])).limits
        ((0.0, 3.3125), (-0.5, 0.5))
    """
    size = np.abs(weights[weights != 0])
    top = 1.0
    if len(size):
        low, high = np.quantile(size, (0.25, 0.75))
        fence = max(high + 1.5 * (high - low), np.quantile(size, 0.95, method="lower"))
        top = float(fence if size.max() > 1.2 * fence else size.max())
    beyond = weights[np.abs(weights) > top]
    ends = bool((beyond < 0).any()), bool((beyond > 0).any())
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}.get(ends, "neither")
    if (weights < 0).any():
        return Scale((-top, top), mpl.colormaps[SIGNED], extend)
    return Scale(
        (0.0, top), ListedColormap(mpl.colormaps[mpl.rcParams["image.cmap"]](np.linspace(0.1, 1, 256))), extend
    )
