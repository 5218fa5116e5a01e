"""The one-cycle learning rate."""

import math
from typing import Annotated

from pydantic import Field

from gcnlabel.settings import Share
from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("one-cycle")
class OneCycle(Schedule):
    """Half a cosine from ``start`` up to 1, then half a cosine down to ``end`` (Smith and Topin, 2019).

    The optimizer's rate is the largest. Defaults are those of :class:`torch.optim.lr_scheduler.OneCycleLR`.

    Args:
        of: Epochs of the whole training.
        rise: Share of the training in which the factor rises.
        start: Factor at the beginning.
        end: Factor at the end.

    Example:
        >>> rate = OneCycle(10, rise=0.5, start=0.1, end=0)
        >>> [round(rate(t), 3) for t in (0, 2.5, 5, 7.5, 10)]
        [0.1, 0.55, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        of: float,
        *,
        rise: Annotated[float, Field(gt=0, lt=1)] = 0.3,
        start: Share = 0.04,
        end: Share = 4e-6,
    ) -> None:
        self.epochs, self.rise, self.start, self.end = of, rise, start, end

    def __call__(self, epochs: float) -> float:
        """Return the factor after ``epochs`` epochs."""
        done = min(epochs / self.epochs, 1.0)
        if done < self.rise:
            return _between(self.start, 1.0, done / self.rise)
        return _between(1.0, self.end, (done - self.rise) / (1 - self.rise))


def _between(first: float, last: float, done: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * done)) / 2
