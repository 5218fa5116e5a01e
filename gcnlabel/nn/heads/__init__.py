"""Heads: modules from features [B, D] to the scores of every task."""

from gcnlabel.lazy import lazy

lazy(__name__)
