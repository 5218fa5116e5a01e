"""Inputs of a run: feature arrays, images."""

from gcnlabel.lazy import lazy

lazy(__name__)
