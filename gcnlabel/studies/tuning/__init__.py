"""Tuning of a config on the validation split by Optuna (extra ``tune``)."""

from gcnlabel.lazy import lazy

lazy(__name__)
