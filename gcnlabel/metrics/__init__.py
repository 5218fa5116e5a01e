"""Metrics of tasks, over a whole data set."""

from gcnlabel.lazy import lazy

lazy(__name__)
