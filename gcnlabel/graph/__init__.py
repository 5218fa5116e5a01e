"""The label graph: its sources, its file, its exports."""

from gcnlabel.lazy import lazy

lazy(__name__)
