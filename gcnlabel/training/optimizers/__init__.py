"""Registered optimizers, with separate options for backbone and head."""

from gcnlabel.lazy import lazy

lazy(__name__)
