"""Data sets of faces, their alignment and cache, and synthetic faces."""

from gcnlabel.lazy import lazy

lazy(__name__)
