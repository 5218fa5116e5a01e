"""Probabilities from which a tag, or the second of two classes, is decided for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.errors import InputError
from gcnlabel.estimators.folds import LabelKFold
from gcnlabel.metrics.thresholds import tune_thresholds

Array = npt.NDArray[Any]
FOLDS = 4


def thresholds_of(given: Any, target: Array, found: Callable[[Array, Array], Array]) -> Array:
    """Return the thresholds [columns].

    Args:
        given: A probability, one a tag, or ``f1``: what gives each tag the best F1 on samples that were left out.
        target: 0 / 1 [N, columns], NaN where it is not annotated.
        found: Of rows to train on and rows that are left out, the probabilities of the latter [rows, columns].

    Raises:
        InputError: It is of another form.

    Example:
        >>> thresholds_of(0.3, np.zeros((4, 2)), lambda train, test: np.zeros((0, 2))).tolist()
        [0.3, 0.3]
    """
    columns = target.shape[1]
    if isinstance(given, str) and given == "f1":
        scores = np.full(target.shape, np.nan)
        for train, test in LabelKFold(FOLDS).split(target, target):
            scores[test] = found(train, test)
        best = tune_thresholds(torch.from_numpy(scores), torch.from_numpy(target), "macro_f1").numpy()
        return np.where((target == 1).any(0), best.astype(np.float64).clip(0, 1), 0.5)
    try:
        values = np.broadcast_to(np.asarray(given, dtype=np.float64), (columns,))
    except ValueError:
        values = np.array([np.nan])
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError(
            f"threshold={given!r}", expected=f"a probability, a list of {columns} of them, one a tag, or 'f1'"
        )
    return values.copy()
