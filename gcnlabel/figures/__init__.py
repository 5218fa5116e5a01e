"""Figures of a paper: each a function that returns a matplotlib ``Figure``, and one that returns its numbers."""

from gcnlabel.lazy import lazy

lazy(__name__)
