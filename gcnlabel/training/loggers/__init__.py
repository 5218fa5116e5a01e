"""Loggers of losses and metrics, in addition to the run folder's table."""

from gcnlabel.lazy import lazy

lazy(__name__)
