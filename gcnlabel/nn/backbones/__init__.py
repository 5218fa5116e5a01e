"""Backbones: inputs in, features [B, D] out. The same backbone and pooling serve every head."""

from gcnlabel.lazy import lazy

lazy(__name__)
