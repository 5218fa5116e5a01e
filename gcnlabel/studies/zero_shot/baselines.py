"""Baselines: scores of a zero-shot label as weighted sums of the scores of the trained labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RIDGE = 1.0
"""Ridge penalty, in units of a standardised score's variance."""


@dataclass(frozen=True)
class Seen:
    """Scores and embeddings of the L trained labels of a task, and their statistic with the zero-shot label.

    Attributes:
        training: Scores of the training samples [N, L].
        names: Embeddings of the trained labels [L, F].
        name: Embedding of the zero-shot label [F].
        correlation: Statistic of the zero-shot label with each trained one, not from the training split [L].
    """

    training: Floats
    names: Floats
    name: Floats
    correlation: Floats


def nearest(seen: Seen) -> Floats:
    """Return weight 1 for the trained label with the most similar name by cosine, else 0, [L]."""
    cosine = _cosines(seen)
    return (np.arange(len(cosine)) == cosine.argmax()).astype(np.float64)


def by_name(seen: Seen) -> Floats:
    """Return the cosines of the names minus their mean, [L].

    With sentence models, all names have high cosines; without subtracting the mean, weights would be nearly equal.
    """
    cosine = _cosines(seen)
    return cosine - cosine.mean()


def by_correlation(seen: Seen) -> Floats:
    """Return the correlations with the zero-shot label, [L]."""
    return seen.correlation


def by_regression(seen: Seen) -> Floats:
    """Return ``(C + ridge I)^-1 r``, [L]: a ridge regression computed from correlations.

    C [L, L] are the correlations of the trained labels' scores on the training split, r [L] those of the zero-shot
    label with the trained ones. The graph contains the same information about the labels of this task.
    """
    scores = seen.training - seen.training.mean(0)
    sd = scores.std(0)
    scores = scores / np.where(sd > 0, sd, 1)
    correlations = scores.T @ scores / len(scores)
    weights: Floats = np.linalg.solve(correlations + RIDGE * np.eye(len(correlations)), seen.correlation)
    return weights


BASELINES: dict[str, Callable[[Seen], Floats]] = {
    "nearest seen label": nearest,
    "seen scores by name": by_name,
    "seen scores by correlation": by_correlation,
    "seen scores by regression": by_regression,
}
"""Name -> function that returns the weights of the standardised scores of the trained labels."""


def baseline_scores(weights: Floats, seen: Seen, scores: Floats) -> Floats:
    """Return the weighted sum [N] of the trained labels' scores [N, L], standardised by the training split."""
    sd = seen.training.std(0)
    standard: Floats = (scores - seen.training.mean(0)) / np.where(sd > 0, sd, 1)
    return standard @ weights


def _cosines(seen: Seen) -> Floats:
    sizes = np.linalg.norm(seen.names, axis=1) * np.linalg.norm(seen.name)
    cosines: Floats = seen.names @ seen.name / np.where(sizes > 0, sizes, 1)
    return cosines
