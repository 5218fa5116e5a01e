"""Decision thresholds of tags, or of the second of two classes."""

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
    """Return the decision thresholds, as probabilities [columns].

    Args:
        given: A probability, one per tag, or ``f1`` for the best F1 of each tag in cross-validation.
        target: Targets 0 / 1 [N, columns], NaN where not annotated.
        found: Function from training rows and test rows to the probabilities of the test rows [rows, columns].

    Raises:
        InputError: ``given`` has another form.

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
            f"threshold={given!r}", expected=f"a probability, a list of {columns} probabilities, one per tag, or 'f1'"
        )
    return values.copy()
