"""Figures for papers: for each, a function that returns a matplotlib ``Figure`` and one that returns its data."""

from gcnlabel.lazy import lazy

lazy(__name__)
