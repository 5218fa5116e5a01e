"""Warm-up of the learning rate before another schedule."""

from typing import Annotated, Any

from pydantic import PositiveFloat

from gcnlabel.errors import InputError
from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("warm-up")
class WarmUp(Schedule):
    """Linear warm-up, ``start + (1 - start) t / epochs``, then another schedule over the remaining epochs.

    Args:
        of: Epochs of the whole training.
        epochs: Epochs of the warm-up; may be less than one.
        start: Factor at the beginning.
        then: The schedule that follows.

    Raises:
        InputError: The schedule that follows depends on a metric.

    Example:
        >>> rate = WarmUp(10, epochs=2, start=0, then="cosine")
        >>> [rate(t) for t in (0, 1, 2, 6, 10)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        of: float,
        *,
        epochs: PositiveFloat = 1.0,
        start: Share = 0.01,
        then: Annotated[Any, SCHEDULES] = "cosine",
    ) -> None:
        self.epochs, self.start = epochs, start
        self.then: Schedule = SCHEDULES.make(then, max(of - epochs, 1e-9))
        if self.then.follows_metric:
            raise InputError(f"a warm-up before {then!r}", expected="a schedule that does not follow a metric")

    def __call__(self, epochs: float) -> float:
        """Return the factor after so many epochs."""
        if epochs < self.epochs:
            return self.start + (1 - self.start) * epochs / self.epochs
        return self.then(epochs - self.epochs)
