"""Schedules of the learning rate."""

from gcnlabel.lazy import lazy

lazy(__name__)
