"""Readers of annotation files and frames; each returns :class:`Annotations`. One module per format."""

from gcnlabel.lazy import lazy

lazy(__name__)
