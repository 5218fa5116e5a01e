"""Scores for an unseen label made of the scores of the seen ones: what a label graph must beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RIDGE = 1.0
"""Ridge of the regression, in units of a standardised score's variance."""


@dataclass(frozen=True)
class Seen:
    """What is known of the L seen labels of a task, and of how an unseen one relates to them.

    Attributes:
        training: Scores of the training samples [N, L].
        names: Embeddings of the seen labels [L, F].
        name: Embedding of the unseen label [F].
        correlation: Statistic of the unseen label with each seen one, from elsewhere [L].
    """

    training: Floats
    names: Floats
    name: Floats
    correlation: Floats


def nearest(seen: Seen) -> Floats:
    """Return weight 1 for the seen label whose name is nearest by cosine, [L]."""
    cosine = _cosines(seen)
    return (np.arange(len(cosine)) == cosine.argmax()).astype(np.float64)


def by_name(seen: Seen) -> Floats:
    """Return the cosines of the names, less their mean, [L].

    Sentence models give all names of one kind a high cosine; without its mean a weighted sum would count each label
    alike.
    """
    cosine = _cosines(seen)
    return cosine - cosine.mean()


def by_correlation(seen: Seen) -> Floats:
    """Return the correlations with the unseen label, [L]."""
    return seen.correlation


def by_regression(seen: Seen) -> Floats:
    """Return ``(C + ridge I)^-1 r``, [L]: the regression that correlations alone allow.

    C [L, L] holds the correlations of the seen scores in the training part, r [L] those of the unseen label with the
    seen ones: what several seen labels say alike counts once. It knows what the graph knows of the labels of this task.
    """
    scores = seen.training - seen.training.mean(0)
    sd = scores.std(0)
    scores = scores / np.where(sd > 0, sd, 1)
    correlations = scores.T @ scores / len(scores)
    weights: Floats = np.linalg.solve(correlations + RIDGE * np.eye(len(correlations)), seen.correlation)
    return weights


RIVALS: dict[str, Callable[[Seen], Floats]] = {
    "nearest seen label": nearest,
    "seen scores by name": by_name,
    "seen scores by correlation": by_correlation,
    "seen scores by regression": by_regression,
}
"""Weights of the standardised scores of seen labels, by name."""


def rival_scores(weights: Floats, seen: Seen, scores: Floats) -> Floats:
    """Return the weighted sum of the seen scores [N, L], each standardised as in the training part, [N]."""
    sd = seen.training.std(0)
    standard: Floats = (scores - seen.training.mean(0)) / np.where(sd > 0, sd, 1)
    return standard @ weights


def _cosines(seen: Seen) -> Floats:
    sizes = np.linalg.norm(seen.names, axis=1) * np.linalg.norm(seen.name)
    cosines: Floats = seen.names @ seen.name / np.where(sizes > 0, sizes, 1)
    return cosines
