"""Tuning: the keys of a config that are best on the validation split, found by Optuna (extra ``tune``)."""

from gcnlabel.lazy import lazy

lazy(__name__)
