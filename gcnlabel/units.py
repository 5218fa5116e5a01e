"""Units of dimensions: standard units in training, the user's units in predictions."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from gcnlabel.annotations import Annotations
from gcnlabel.constants import register_constants
from gcnlabel.errors import GcnlabelWarning
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]
DIGITS, CONSTANT = 1e5, 1e7
"""Ratios of mean to deviation from which float32 keeps fewer than two digits of the deviation, and none."""


class Units(nn.Module):
    """Convert scores of dimensions by ``value = mean + sd * score``; scores of classes and tags are not changed.

    Heads start near 0 with a spread of about 1, so that a year, a price or a rating trains as well as a value in -1..1.
    CCC is the same in both units. In evaluation mode values are bounded by the task's declared range; in training they
    are not, since the gradient beyond a bound would be 0.

    Mean and deviation are buffers, saved in checkpoints. A checkpoint without them, of a model that was trained on the
    annotated values, is loaded with mean 0 and deviation 1.

    Args:
        tasks: The predicted tasks.
        mean: Mean of each dimension of all dimensional tasks, in order, [dims]; 0 when None.
        sd: Deviation [dims]; 1 when None.

    Example:
        >>> from gcnlabel.tasks import Dimensional
        >>> tasks = TaskSet([Dimensional("film", ["year"], range=(1900, 2000))])
        >>> units = Units.fit(Annotations(tasks, {"film": np.array([[1950.0], [np.nan], [1990.0]])}))
        >>> units({"film": torch.tensor([[0.5], [3.0]])})["film"].tolist()  # 1970 + 20 score
        [[1980.0], [2030.0]]
        >>> units.eval()({"film": torch.tensor([[0.5], [3.0]])})["film"].tolist()
        [[1980.0], [2000.0]]
    """

    mean: Tensor
    sd: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, tasks: TaskSet, mean: Any = None, sd: Any = None) -> None:
        super().__init__()
        self.tasks = tasks
        dimensional = [task for task in tasks if not task.discrete]
        ends = np.cumsum([0, *map(len, dimensional)]).tolist()
        self.places = {t.name: slice(a, b) for t, a, b in zip(dimensional, ends[:-1], ends[1:], strict=True)}
        size, kind = ends[-1], torch.get_default_dtype()
        ranges = [task.bounds for task in dimensional for _ in task.labels]
        low, high = torch.tensor(ranges, dtype=kind).view(-1, 2).T.contiguous()
        given = {"mean": torch.zeros(size) if mean is None else mean, "sd": torch.ones(size) if sd is None else sd}
        for name, value in given.items():
            self.register_buffer(name, torch.as_tensor(value, dtype=kind), persistent=size > 0)
        register_constants(self, low=low.clone(), high=high.clone())

    @classmethod
    def fit(cls, annotations: Annotations) -> Units:
        """Return the units of annotated training targets, with deviation 1 if all are equal or none is annotated.

        Warns:
            GcnlabelWarning: The mean is so large compared to the deviation that float32 cannot represent both.
        """
        dimensional = [task for task in annotations.tasks if not task.discrete]
        moments = [_moments(annotations.targets[task.name]) for task in dimensional]
        mean, sd = np.concatenate([np.empty((2, 0)), *moments], axis=1)
        for name, m, s in zip((label for task in dimensional for label in task.labels), mean, sd, strict=True):
            if DIGITS * s < abs(m) < CONSTANT * s:
                warnings.warn(
                    f"dimension {name!r}: mean {m:g}, deviation {s:g}: float32 hardly distinguishes its values; "
                    "subtract a constant from them",
                    GcnlabelWarning,
                    stacklevel=2,
                )
        constant = sd * CONSTANT <= np.abs(mean)
        return cls(annotations.tasks, mean, np.where(constant | (sd == 0), 1.0, sd))

    def forward(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return scores of each task [B, labels], those of dimensions in the user's units."""
        values = dict(scores)
        for name, place in self._of(scores):
            value = scores[name] * self.sd[place] + self.mean[place]
            values[name] = value if self.training else value.clamp(self.low[place], self.high[place])
        return values

    def standardized(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return values or targets of each task [B, labels], those of dimensions in standard units."""
        scores = dict(values)
        for name, place in self._of(values):
            scores[name] = (values[name] - self.mean[place]) / self.sd[place]
        return scores

    def corrected(self, slope: Tensor, offset: Tensor) -> Units:
        """Return the units of corrected scores: ``value = mean + sd * (slope * score + offset)``.

        Args:
            slope: Slope of each dimension of all dimensional tasks, [dims].
            offset: Offset of each dimension, [dims].
        """
        units = copy.deepcopy(self)
        units.mean.copy_(self.mean.double() + self.sd.double() * offset)
        units.sd.copy_(self.sd.double() * slope)
        return units

    def of_tasks(self, tasks: TaskSet) -> Units:
        """Return the units of other tasks, dimensions matched by task and name; mean 0 and deviation 1 for new ones."""
        units = Units(tasks).to(self.mean.device, self.mean.dtype)
        for name, place in self._of(units.places):
            for i, label in enumerate(self.tasks[name].labels):
                if label in tasks[name].labels:
                    at = units.places[name].start + tasks[name].labels.index(label)
                    units.mean[at], units.sd[at] = self.mean[place][i], self.sd[place][i]
        return units.train(self.training)

    def of_labels(self) -> tuple[Tensor, Tensor]:
        """Return mean and deviation of all labels, each [L]; 0 and 1 for classes and tags."""
        mean, sd = self.mean.new_zeros(self.tasks.num_labels), self.sd.new_ones(self.tasks.num_labels)
        for name, place in self.places.items():
            mean[self.tasks.slice_of(name)], sd[self.tasks.slice_of(name)] = self.mean[place], self.sd[place]
        return mean, sd

    def _of(self, values: Mapping[str, Any]) -> Iterator[tuple[str, slice]]:
        return ((name, place) for name, place in self.places.items() if name in values)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        if self.places and f"{prefix}mean" not in state_dict and f"{prefix}sd" not in state_dict:
            state_dict |= {f"{prefix}mean": torch.zeros_like(self.mean), f"{prefix}sd": torch.ones_like(self.sd)}
        super()._load_from_state_dict(state_dict, prefix, *rest)


def _moments(target: Floats) -> Floats:
    """Return mean and deviation of the annotated values, [2, dims]; 0 for a dimension without a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # "Mean of empty slice"
        return np.nan_to_num(np.stack([np.nanmean(target, 0), np.nanstd(target, 0)]))
