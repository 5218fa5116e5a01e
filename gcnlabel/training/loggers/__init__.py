"""Loggers: where the losses and metrics of a training go beside the run folder's table."""

from gcnlabel.lazy import lazy

lazy(__name__)
