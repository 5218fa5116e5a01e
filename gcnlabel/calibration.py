"""Calibrate predictions of dimensions by a slope and an offset to the scale of the annotations."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.errors import shorten
from gcnlabel.units import Units

Floats = npt.NDArray[np.float64]
DIGITS = 1e5
"""Predictions whose deviation is less than 1 / DIGITS of their mean or of the targets' deviation count as constant."""


@dataclass(frozen=True)
class Correction:
    """The correction ``slope * prediction + offset`` of one dimension.

    Attributes:
        slope: The slope, a.
        offset: The offset, b.
        why: Why it differs from the requested correction; empty if it does not.
    """

    slope: float = 1.0
    offset: float = 0.0
    why: str = ""

    def __str__(self) -> str:
        """Return the reason, or slope and offset."""
        return self.why or f"slope {self.slope:.3g}, offset {self.offset:.2g}"


def correction(prediction: Floats, target: Floats, by: str) -> Correction:
    """Return the correction of the predictions of one dimension, over the samples that are annotated.

    With x the predictions, y the targets, 1/n moments and r Pearson's correlation of x and y, the offset is
    ``b = ȳ - a x̄``, and the slope

    * by ``moments``, ``a = s_y / s_x``: corrected predictions have mean and deviation of the targets, and their CCC is
      r, the maximum over positive slopes and offsets. Nothing is changed if r < 0;
    * by ``regression``, ``a = r s_y / s_x``: the mean squared error is minimal over slopes and offsets. The slope is
      negative if r < 0.

    If predictions or targets are constant, only the mean is corrected (a = 1). Nothing is changed with fewer than 2
    targets.

    Args:
        prediction: x, [N].
        target: y, [N], NaN where not annotated.
        by: ``moments`` or ``regression``.

    Example:
        >>> x, y = np.array([0.0, 1.0, 2.0, 9.0]), np.array([1.0, 5.0, 3.0, np.nan])
        >>> correction(x, y, "moments"), correction(x, y, "regression")
        (Correction(slope=2.0, offset=1.0, why=''), Correction(slope=1.0, offset=2.0, why=''))
    """
    seen = ~np.isnan(target)
    x, y = prediction[seen].astype(np.float64), target[seen].astype(np.float64)
    if len(y) < 2:
        return Correction(why=f"unchanged, annotated samples: {len(y)}")
    if not np.isfinite(x).all():
        return Correction(why="unchanged, predictions are not finite")
    if y.min() == y.max():
        return Correction(offset=y.mean() - x.mean(), why="only the mean, targets are constant")
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    if by == "moments" and covariance < 0 and x.min() < x.max():
        return Correction(why="unchanged, predictions and targets are negatively correlated")
    if DIGITS * x.std() <= max(abs(x.mean()), y.std()):
        return Correction(offset=y.mean() - x.mean(), why="only the mean, predictions are constant")
    slope = float(y.std() / x.std() if by == "moments" else covariance / x.var())
    return Correction(slope, float(y.mean() - slope * x.mean()))


def calibrated(
    units: Units, scores: Mapping[str, Any], targets: Mapping[str, Any], methods: Mapping[str, str]
) -> tuple[Units, str]:
    """Return units that scale scores of dimensions to their targets, and a line that describes the corrections.

    Since ``value = mean + sd * score``, a slope and an offset of the scores give other units. Bounds are applied after
    them, and they are saved, exported and folded with the units.

    Args:
        units: The units that the model was trained with.
        scores: Scores of training inputs, in evaluation mode and not augmented: task -> [N, labels], those of
            dimensions in standard units (:meth:`gcnlabel.nn.MultiTaskModel.standard_scores`).
        targets: Targets of the same samples, on the CPU, NaN where not annotated, in the user's units.
        methods: Dimensional task -> ``moments`` or ``regression``; other tasks are not changed.

    Example:
        >>> from gcnlabel.tasks import Dimensional, TaskSet
        >>> units = Units(TaskSet([Dimensional("film", ["year"])]), mean=[1988.0], sd=[15.0])
        >>> scores, targets = {"film": torch.tensor([[0.0], [0.1]])}, {"film": torch.tensor([[1978.0], [1998.0]])}
        >>> units, said = calibrated(units, scores, targets, {"film": "moments"})
        >>> units(scores)["film"].tolist(), said
        ([[1978.0], [1998.0]], 'calibrated: film by moments (year: slope 13.3, offset -0.67)')
    """
    place, units = units.mean.device, copy.deepcopy(units).cpu()
    slope, offset = torch.ones_like(units.sd).double(), torch.zeros_like(units.mean).double()
    standard = units.standardized({name: torch.as_tensor(targets[name]).double() for name in methods})
    parts = []
    for name, by in methods.items():
        x, y = (torch.as_tensor(of[name]).double().cpu().numpy() for of in (scores, standard))
        found = [correction(x[:, d], y[:, d], by) for d in range(x.shape[1])]
        slope[units.places[name]] = slope.new_tensor([of_dim.slope for of_dim in found])
        offset[units.places[name]] = offset.new_tensor([of_dim.offset for of_dim in found])
        dims = (f"{dim}: {of_dim}" for dim, of_dim in zip(units.tasks[name].labels, found, strict=True))
        parts.append(f"{name} by {by} ({shorten(dims)})")
    return units.corrected(slope, offset).to(place), f"calibrated: {', '.join(parts)}"
