"""Hold out samples for selecting the best epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError

Rows = npt.NDArray[np.int64]


def hold_out(annotations: Annotations, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Return the rows for training and the rows held out at random.

    Samples are not held out if a label would have too few training samples. If no sample can be held out, or the
    fraction is 0, both are all rows.

    Args:
        annotations: All samples, N.
        fraction: Fraction of samples to hold out, in [0, 1).
        seed: Random seed.

    Raises:
        InputError: The fraction is outside [0, 1).

    Example:
        >>> from gcnlabel.tasks import Categorical, TaskSet
        >>> codes = np.array([0, 0, 0, 0, 1])  # the only sample of class 1 is trained on
        >>> train, held = hold_out(Annotations(TaskSet([Categorical("c", ["a", "b"])]), {"c": codes}), 0.8, seed=0)
        >>> len(held), 4 in train, bool((codes[train] == 0).any())
        (3, True, True)
    """
    if not 0 <= fraction < 1:
        raise InputError(f"validation_fraction = {fraction}", expected="a fraction in [0, 1)")
    shows, fewest = _shown(annotations)
    left = shows.sum(0)
    held: list[int] = []
    wanted = round(fraction * len(annotations))
    for row in np.random.default_rng(seed).permutation(len(annotations)):
        if len(held) == wanted:
            break
        if (left - shows[row] >= np.minimum(left, fewest)).all():
            left = left - shows[row]
            held.append(row)
    everything = np.arange(len(annotations))
    return (np.setdiff1d(everything, held), np.sort(held)) if held else (everything, everything)


def _shown(annotations: Annotations) -> tuple[npt.NDArray[np.bool_], Any]:
    """Return which labels each sample has, bool [N, L], and the minimal number of training samples per label, [L]."""
    shown = [task.shown(annotations.indicators(task.name)) for task in annotations.tasks]
    return np.concatenate(shown, 1), np.array([task.min_samples for task in annotations.tasks for _ in task.labels])
