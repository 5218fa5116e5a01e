"""Training with Lightning: module, data, checkpoints, tables."""

from gcnlabel.lazy import lazy

lazy(__name__)
