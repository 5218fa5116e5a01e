"""Schedules as parts of a config, counted in epochs so that a resumed run goes on exactly."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gcnlabel.registry import Registry


class Schedule(ABC):
    """Factor of the learning rate as a function of the epochs done.

    Attributes:
        follows_metric: Whether the metric that selects the epoch changes the factor too.
    """

    follows_metric = False

    @abstractmethod
    def __call__(self, epochs: float) -> float:
        """Return the factor after so many epochs, a fraction within an epoch."""


SCHEDULES = Registry("schedule", "gcnlabel.training.schedules", makes=Schedule)
"""Makes a :class:`Schedule`: ``(number of epochs, *, options)``."""
