"""Reproduction of the tables and figures of Emotion-GCN (FG 2021)."""

from gcnlabel.lazy import lazy

lazy(__name__)
