"""Predictions of a trained run for new inputs."""

from gcnlabel.lazy import lazy

lazy(__name__)
