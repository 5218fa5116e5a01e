"""A learning rate that rises before another schedule begins."""

from typing import Annotated, Any

from pydantic import PositiveFloat

from gcnlabel.errors import InputError
from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("warm-up")
class WarmUp(Schedule):
    """``start + (1 - start) t / epochs``, then another schedule over the epochs that are left.

    Args:
        of: Epochs of the whole training.
        epochs: Epochs in which it rises; may be less than one.
        start: Factor at the beginning.
        then: The schedule that follows.

    Raises:
        InputError: A metric changes the schedule that follows.

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
            raise InputError(f"a warm-up before {then!r}", expected="a schedule that no metric changes")

    def __call__(self, epochs: float) -> float:
        """Return the factor after so many epochs."""
        if epochs < self.epochs:
            return self.start + (1 - self.start) * epochs / self.epochs
        return self.then(epochs - self.epochs)
