"""Base class and registry of schedules, which are functions of epochs, so that a resumed run continues exactly."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gcnlabel.registry import Registry


class Schedule(ABC):
    """Factor of the learning rate as a function of the completed epochs.

    Attributes:
        follows_metric: Whether the factor also depends on the metric of ``select``.
    """

    follows_metric = False

    @abstractmethod
    def __call__(self, epochs: float) -> float:
        """Return the factor after ``epochs`` epochs, which may be a fraction."""


SCHEDULES = Registry("schedule", "gcnlabel.training.schedules", makes=Schedule)
"""Functions ``(number of epochs, *, options) -> Schedule``, by name."""
