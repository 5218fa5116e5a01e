"""Losses: masked for what is missing, one signature."""

from gcnlabel.lazy import lazy

lazy(__name__)
