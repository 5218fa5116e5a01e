"""Backbones: networks from inputs to features [B, D], for any head."""

from gcnlabel.lazy import lazy

lazy(__name__)
