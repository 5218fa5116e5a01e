"""Cosine annealing of the learning rate."""

import math

from gcnlabel.training.schedules.schedule import SCHEDULES, Schedule


@SCHEDULES.register("cosine")
class Cosine(Schedule):
    """Cosine annealing, ``(1 + cos(pi t / epochs)) / 2`` (Loshchilov and Hutter, ICLR 2017, without restarts).

    Example:
        >>> Cosine(10)(5.0)
        0.5
    """

    def __init__(self, epochs: float) -> None:
        self.epochs = epochs

    def __call__(self, epochs: float) -> float:
        """Return the factor after ``epochs`` epochs."""
        return round((1 + math.cos(math.pi * min(epochs / self.epochs, 1.0))) / 2, 12)
