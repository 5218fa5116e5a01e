"""Inputs of a run: feature arrays, images and graphs, with their scaling and augmentation."""

from gcnlabel.lazy import lazy

lazy(__name__)
