"""Regression of continuous dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gcnlabel.errors import InputError
from gcnlabel.tasks.task import Array, Task


@dataclass(frozen=True)
class Dimensional(Task):
    """Continuous dimensions, e.g. valence and arousal.

    Targets are values, float64 [N, dims], NaN where not annotated.

    Attributes:
        range: Lowest and highest value an annotation may have, or None for any finite value.

    Example:
        >>> Dimensional("affect", ["valence", "arousal"], range=(-1, 1)).dims
        ('valence', 'arousal')
    """

    range: tuple[float, float] | None = None

    type: ClassVar[str] = "dimensional"
    labels_key: ClassVar[str] = "dims"
    options: ClassVar[tuple[str, ...]] = ("range",)
    noun: ClassVar[str] = "dimension"
    loss: ClassVar[str] = "ccc"
    main_metric: ClassVar[str] = "mean_ccc"
    min_samples: ClassVar[int] = 2  # CCC needs two

    def __post_init__(self) -> None:
        """Check the names and the range."""
        super().__post_init__()
        if self.range is None:
            return
        try:
            low, high = (float(value) for value in self.range)
        except (TypeError, ValueError):
            low = high = math.nan
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"task {self.name!r}: range {self.range!r}", expected="[low, high] with low < high")
        object.__setattr__(self, "range", (low, high))

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return self.labels

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest allowed value."""
        return super().bounds if self.range is None else self.range

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return super().to_dict() | ({} if self.range is None else {"range": list(self.range)})

    def checked(self, target: Any) -> Array:
        """Return values float64 [N, dims]."""
        values: Array = super().checked(target)
        low, high = self.range or (-np.finfo(float).max, np.finfo(float).max)
        bad = ~np.isnan(values) & ~((values >= low) & (values <= high))
        if bad.any():
            row, dim = (int(v) for v in np.argwhere(bad)[0])
            raise InputError(
                f"task {self.name!r}: {self.labels[dim]} = {values[row, dim]}",
                where=f"sample {row}",
                expected=f"a value in [{low:g}, {high:g}], or missing",
                fix="mark missing values by NaN; `range` of the task sets the values that are allowed",
            )
        return values
