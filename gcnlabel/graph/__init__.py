"""The label graph: its sources, its file, its exports."""

from gcnlabel.graph.label_graph import LabelGraph

__all__ = ["LabelGraph"]
