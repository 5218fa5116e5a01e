"""A left-out label with the data without it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph, joined_graph
from gcnlabel.run.data import RunData
from gcnlabel.run.graph import finished_graph, raw_graph
from gcnlabel.studies.zero_shot.edges import restricted, shuffled
from gcnlabel.studies.zero_shot.left_out import without_label


@dataclass(frozen=True)
class Left:
    """A left-out label, with the data without it and the graph over all labels.

    Attributes:
        label: Its name.
        whole: Data with the label.
        data: Data without the label.
        raw: Raw graph over all labels: measured on the training split; edges of the label are from ``other``.
        other: Raw graph over all labels, from another source.
        x: Embeddings of all labels; None for those of the config.
    """

    label: str
    whole: RunData
    data: RunData
    raw: LabelGraph
    other: LabelGraph
    x: Tensor | None = None

    @classmethod
    def out(cls, label: str, config: Config, whole: RunData, other: LabelGraph) -> Left:
        """Leave a label out; ``other`` is a raw graph over all labels, with its edges."""
        data = without_label(whole, label)
        return cls(label, whole, data, joined_graph(raw_graph(config, data.parts["train"]), other), other)

    def without(self, label: str, config: Config) -> Left:
        """Leave out a second label from the data without the first, with the same embeddings and source of edges."""
        seen = self.data.tasks
        nested = Left.out(label, config, self.data, restricted(self.other, seen))
        return replace(nested, x=self.graph(config).x[[self.raw.tasks.index(name) for name in seen.labels]])

    def graph(self, config: Config) -> LabelGraph:
        """Return the propagation graph over all labels, by a config."""
        graph = finished_graph(config, self.raw)
        return graph if self.x is None else graph.with_embeddings(self.x)

    def training_graph(self, config: Config) -> LabelGraph:
        """Return the propagation graph over the trained labels, with their embeddings from :meth:`graph`."""
        seen = self.data.tasks
        graph = finished_graph(config, restricted(self.raw, seen))
        return graph.with_embeddings(self.graph(config).x[[self.raw.tasks.index(label) for label in seen.labels]])

    def shuffled(self, seed: int) -> Left:
        """Return a copy with the labels of the raw graph permuted."""
        return replace(self, raw=shuffled(self.raw, seed))
