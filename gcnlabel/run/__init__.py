"""Runs: train and evaluate a config, with all files in one folder."""

from gcnlabel.lazy import lazy

lazy(__name__)
