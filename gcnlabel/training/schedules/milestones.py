"""A learning rate that is reduced at given epochs."""

from typing import Annotated

from pydantic import Field, PositiveInt

from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("milestones")
class Milestones(Schedule):
    """``factor ** n`` with n the number of passed milestones.

    Args:
        of: Epochs of the whole training; ignored.
        at: Epochs after which the factor is applied.
        factor: Factor of each step.

    Example:
        >>> rate = Milestones(50, at=[30, 40], factor=0.5)
        >>> [rate(t) for t in (29.9, 30, 40)]
        [1.0, 0.5, 0.25]
    """

    def __init__(
        self,
        of: float,
        *,
        at: Annotated[list[PositiveInt], Field(min_length=1)] = [30],  # noqa: B006 (settings are copied)
        factor: Share = 0.1,
    ) -> None:
        self.at, self.factor = at, factor

    def __call__(self, epochs: float) -> float:
        """Return the factor after ``epochs`` epochs."""
        return float(self.factor ** sum(epochs >= milestone for milestone in self.at))
