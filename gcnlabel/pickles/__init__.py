"""Pickles of arrays: read without running any code that they name, written only for the published codes."""

from gcnlabel.lazy import lazy

lazy(__name__)
