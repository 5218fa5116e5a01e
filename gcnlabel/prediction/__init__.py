"""Predictions of a trained run for new images or features."""

from gcnlabel.lazy import lazy

lazy(__name__)
