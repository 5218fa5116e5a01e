"""A learning rate that is reduced in regular steps."""

import math

from pydantic import PositiveInt

from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("step")
class Step(Schedule):
    """``factor ** floor(t / epochs)``.

    Args:
        of: Epochs of the whole training; ignored.
        epochs: Epochs between two steps.
        factor: Factor of each step.

    Example:
        >>> Step(30, epochs=10)(10.0)
        0.1
    """

    def __init__(self, of: float, *, epochs: PositiveInt = 10, factor: Share = 0.1) -> None:
        self.epochs, self.factor = epochs, factor

    def __call__(self, epochs: float) -> float:
        """Return the factor after ``epochs`` epochs."""
        return float(self.factor ** math.floor(epochs / self.epochs))
