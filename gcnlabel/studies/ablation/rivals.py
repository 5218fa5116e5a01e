"""Other ways to let labels help each other: heads that are built for the comparison alone.

Widths are such that each has about as many parameters as the default's generator.
"""

from __future__ import annotations

from collections.abc import Callable

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import Head, LabelQueryHead, LinearHead, OutputPropagation, SampleGraphHead
from gcnlabel.tasks import TaskSet

PROPAGATION, QUERIES, SAMPLE_GRAPH = "output propagation", "label-query attention", "sample-adaptive graph"
Rival = Callable[[TaskSet, int, LabelGraph | None], Head]
"""Makes a head from the tasks, the size of the features and the graph of its candidate."""


def output_propagation(tasks: TaskSet, in_features: int, graph: LabelGraph | None) -> Head:
    """Return a linear head whose scores are propagated over the graph."""
    if graph is None:
        raise InputError("output propagation without a label graph", expected="a config whose head has one")
    return OutputPropagation(LinearHead(tasks, in_features), graph)


def label_query(tasks: TaskSet, in_features: int, graph: LabelGraph | None) -> Head:
    """Return a head whose labels attend to the features; the graph does not matter."""
    return LabelQueryHead(tasks, in_features)


def sample_graph(tasks: TaskSet, in_features: int, graph: LabelGraph | None) -> Head:
    """Return a head that makes a graph of each sample; the given one does not matter."""
    return SampleGraphHead(tasks, in_features)
