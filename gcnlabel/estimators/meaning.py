"""Scores -> probabilities and predicted targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from gcnlabel.tasks import Categorical, MultiLabel, Task

Array = npt.NDArray[Any]


def probabilities(task: Task, scores: Array) -> Array:
    """Return the softmax over classes, or the logistic function of each tag, [N, labels].

    Example:
        >>> probabilities(MultiLabel("tags", ["cat", "dog"]), np.array([[0.0, np.log(3)]])).round(2).tolist()
        [[0.5, 0.75]]
    """
    found: Array = softmax(scores, axis=1) if isinstance(task, Categorical) else expit(scores)
    return found


def predicted(task: Task, scores: Array) -> Array:
    """Return class indices [N], tags as 0 / 1 [N, tags] (1 above probability 0.5), or the values of dimensions.

    Example:
        >>> predicted(MultiLabel("tags", ["cat", "dog"]), np.array([[-0.1, 0.1]])).tolist()
        [[0, 1]]
    """
    if isinstance(task, Categorical):
        return scores.argmax(1)
    return (scores > 0).astype(np.int64) if isinstance(task, MultiLabel) else scores
