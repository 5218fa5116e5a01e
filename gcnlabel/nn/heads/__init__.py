"""Heads: features in, scores of every task out. All have one signature."""

from gcnlabel.lazy import lazy

lazy(__name__)
