"""Checkpoints of the published codes, turned into models and run folders of this package."""

from gcnlabel.lazy import lazy

lazy(__name__)
