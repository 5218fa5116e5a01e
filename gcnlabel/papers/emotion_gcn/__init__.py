"""Every table and figure of Emotion-GCN (FG 2021), from the runs that it needs."""

from gcnlabel.lazy import lazy

lazy(__name__)
