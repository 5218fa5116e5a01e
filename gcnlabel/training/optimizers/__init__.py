"""Optimizers: parts by name, with groups of parameters for the sides of a model."""

from gcnlabel.lazy import lazy

lazy(__name__)
