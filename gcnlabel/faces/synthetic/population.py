"""Sample classes, valence, arousal and action units of a synthetic population.

Class frequencies are AffectNet's (training set, 7 expressions). Valence and arousal of each class are normal with the
means below, which were fitted so that the mean rank of each class gives AffectNet's Spearman correlations
(``affectnet_spearman.csv``): with f the frequency of a class and r its correlation, its mean rank is
``1/2 + r sqrt((1 - f) / f) / sqrt(12)`` on a scale of 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from gcnlabel.faces.synthetic.action_units import (
    AROUSAL_UNITS,
    EXPRESSIONS,
    PROTOTYPE_MATRIX,
    UNITS,
    VALENCE_UNITS,
)

Floats = npt.NDArray[np.float64]

FREQUENCY = np.array([74874, 134415, 25459, 14090, 6378, 3803, 24882])
VALENCE_MEAN = np.array([-0.103, 0.629, -0.525, 0.128, -0.200, -0.572, -0.400])
VALENCE_SD = np.array([0.12, 0.15, 0.15, 0.20, 0.18, 0.13, 0.16])
AROUSAL_MEAN = np.array([-0.029, 0.092, -0.300, 0.704, 0.771, 0.523, 0.595])
AROUSAL_SD = np.array([0.16, 0.20, 0.15, 0.15, 0.14, 0.16, 0.17])
BLENDED = 0.45
"""Fraction of faces that are blended with a second expression."""


@dataclass(frozen=True)
class Population:
    """Annotations and action units of N faces.

    Attributes:
        expression: Class index [N].
        affect: Valence and arousal in [-1, 1], [N, 2].
        units: Intensity of each action unit, 0..1, [N, units].
    """

    expression: npt.NDArray[np.int64]
    affect: Floats
    units: Floats


def draw_population(n: int, rng: np.random.Generator) -> Population:
    """Return a random population of N faces, stratified by class and within classes, so that statistics vary little."""
    expression = rng.permutation(np.repeat(np.arange(len(EXPRESSIONS)), quotas(n)))
    valence, arousal = np.empty(n), np.empty(n)
    for i in range(len(EXPRESSIONS)):
        rows = np.flatnonzero(expression == i)
        valence[rows] = VALENCE_MEAN[i] + VALENCE_SD[i] * stratified_normal(len(rows), rng)
        arousal[rows] = AROUSAL_MEAN[i] + AROUSAL_SD[i] * stratified_normal(len(rows), rng)
    affect = np.stack([valence, arousal], axis=1).clip(-1, 1)
    return Population(expression, affect, _units(expression, affect, rng))


def quotas(n: int) -> npt.NDArray[np.int64]:
    """Return the number of faces per class: AffectNet's frequencies, rounded by largest remainder.

    Example:
        >>> quotas(100).tolist()
        [27, 47, 9, 5, 2, 1, 9]
    """
    exact = n * FREQUENCY / FREQUENCY.sum()
    counts = np.floor(exact).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")[: n - counts.sum()]
    counts[largest] += 1
    return counts


def stratified_normal(n: int, rng: np.random.Generator) -> Floats:
    """Return n standard normal values, one from each n-quantile interval, in random order."""
    values: Floats = ndtri((rng.permutation(n) + rng.uniform(0.1, 0.9, n)) / max(n, 1))
    return values


def _units(expression: npt.NDArray[np.int64], affect: Floats, rng: np.random.Generator) -> Floats:
    """Return the action units of each face from its expression (often blended with a near one) and its affect."""
    n = len(expression)
    means = np.stack([VALENCE_MEAN, AROUSAL_MEAN], axis=1)
    distance = np.linalg.norm(affect[:, None] - means[None], axis=2)  # [N, expressions]
    distance[np.arange(n), expression] = np.inf
    gumbel = -np.log(-np.log(rng.uniform(1e-9, 1, distance.shape)))
    second = (gumbel - 4 * distance).argmax(1)
    share = np.where(rng.uniform(size=n) < BLENDED, rng.uniform(0.1, 0.65, n), 0.0)[:, None]
    strength = rng.uniform(0.45, 1.0, (n, 1))
    shown = (1 - share) * PROTOTYPE_MATRIX[expression] + share * PROTOTYPE_MATRIX[second]
    residual = affect - means[expression]
    moved = residual[:, :1] * VALENCE_UNITS + residual[:, 1:] * AROUSAL_UNITS
    noise = 0.08 * rng.standard_normal((n, len(UNITS)))
    units: Floats = (strength * shown + moved + noise).clip(0, 1)
    return units
