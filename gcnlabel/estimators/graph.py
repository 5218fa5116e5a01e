"""Resolve the head of an estimator, and build its graph."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import HEADS
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import HIDDEN, resolve_default, with_head
from gcnlabel.run.graph import graph_or_loops


def head_and_graph(config: Config, data: RunData, given: LabelGraph | None) -> tuple[Config, LabelGraph | None]:
    """Return the config with its head resolved, and the graph of that head; None for a head without one.

    A measured graph without edges above the threshold, as for few samples, has only self-loops.

    Args:
        config: Config of the estimator.
        data: Its data; the graph is measured on the training split.
        given: The user's graph, or None.

    Raises:
        InputError: The given graph has other labels, or a label has no embedding.
    """
    is_default = config.model.head.name == "default"
    config = resolve_default(config, data.parts["train"])
    if given is not None and is_default and not config.model.head.has_graph:
        of = {"name": "graph", "hidden_channels": HIDDEN, "bias": True}
        config = with_head(config, HEADS.parse({"name": "residual", "of": of}), config.graph)
    if not config.model.head.has_graph:
        return config, None
    if given is None:
        return config, graph_or_loops(config, data)
    graph = given.reorder(data.tasks)
    if graph.x is None:
        settings = config.graph
        x = parse_embeddings(settings.embeddings or "one-hot", data.tasks.labels, settings.missing_words)
        graph = graph.with_embeddings(x)
    return config, graph
