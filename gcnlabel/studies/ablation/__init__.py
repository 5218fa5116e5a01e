"""Ablation: compare heads on label graphs with baselines and control graphs, at several label budgets."""

from gcnlabel.lazy import lazy

lazy(__name__)
