"""Trained models as files that need neither gcnlabel nor PyTorch Geometric."""

from gcnlabel.lazy import lazy

lazy(__name__)
