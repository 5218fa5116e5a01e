"""Dimensions in units of their own spread, as the heads predict them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.tasks import Dimensional, TaskSet

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DimensionScaling:
    """``z = (y - mean) / sd`` of each dimension; other tasks are left as they are.

    Dimensions may come in any unit, and heads start near 0. CCC is the same before and after.

    Attributes:
        mean: Dimensional task -> mean of each of its dimensions [dims].
        sd: Dimensional task -> standard deviation [dims], 1 where a dimension is constant.

    Example:
        >>> tasks = TaskSet([Dimensional("size", ["height"])])
        >>> annotations = Annotations(tasks, {"size": np.array([[150.0], [np.nan], [170.0]])})
        >>> scaling = DimensionScaling.fit(annotations)
        >>> scaling.scaled(annotations).targets["size"].ravel().tolist()
        [-1.0, nan, 1.0]
        >>> scaling.in_units({"size": np.array([[0.5]])})["size"].tolist()
        [[165.0]]
    """

    mean: Mapping[str, Floats]
    sd: Mapping[str, Floats]

    @classmethod
    def fit(cls, annotations: Annotations) -> DimensionScaling:
        """Return the scaling of the training samples."""
        mean, sd = {}, {}
        for task in annotations.tasks:
            if isinstance(task, Dimensional):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", RuntimeWarning)  # a dimension without a value has no mean
                    target = annotations.targets[task.name]
                    mean[task.name], spread = np.nan_to_num(np.nanmean(target, 0)), np.nanstd(target, 0)
                sd[task.name] = np.where(spread > 0, spread, 1.0)
        return cls(mean, sd)

    def scaled(self, annotations: Annotations) -> Annotations:
        """Return annotations with scaled dimensions, of tasks without ranges."""
        tasks = TaskSet(replace(t, range=None) if isinstance(t, Dimensional) else t for t in annotations.tasks)
        targets = {n: (annotations.targets[n] - self.mean[n]) / self.sd[n] for n in self.mean}
        return Annotations(tasks, {**annotations.targets, **targets})

    def in_units(self, scores: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return scores of all tasks [N, labels], those of dimensions in their own units."""
        return {n: s * self.sd[n] + self.mean[n] if n in self.mean else s for n, s in scores.items()}
