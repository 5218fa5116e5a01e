"""Checks of paths, atomic writes, locks, and strict JSON and YAML."""

from gcnlabel.lazy import lazy

lazy(__name__)
