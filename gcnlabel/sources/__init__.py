"""Data sources of runs: one file per source, with all that a run needs to know about it."""

from gcnlabel.lazy import lazy

lazy(__name__)
