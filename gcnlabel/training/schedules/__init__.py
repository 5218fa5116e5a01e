"""Schedules: how the learning rate changes with the epochs."""

from gcnlabel.lazy import lazy

lazy(__name__)
