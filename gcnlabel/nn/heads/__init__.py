"""Heads: features in, scores of every task out. All have one signature."""

from gcnlabel.nn.heads.folding import fold
from gcnlabel.nn.heads.head import Head
from gcnlabel.nn.heads.label_graph import LabelGraphHead
from gcnlabel.nn.heads.linear import LinearHead

__all__ = ["Head", "LabelGraphHead", "LinearHead", "fold"]
