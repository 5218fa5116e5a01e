"""Pickles of arrays: read without running anything that they name, written for the published codes alone."""

from gcnlabel.lazy import lazy

lazy(__name__)
