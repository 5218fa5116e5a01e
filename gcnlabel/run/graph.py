"""Config and data -> the label graph of the head."""

from __future__ import annotations

from gcnlabel.annotations import Annotations
from gcnlabel.config.schema import Config
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.run.data import RunData


def build_graph(config: Config, data: RunData) -> LabelGraph | None:
    """Return the graph of the head, read or measured on the training part; None for a head without one.

    Raises:
        InputError: The graph does not match the tasks or has no embeddings.
    """
    if not config.model.head.has_graph:
        return None
    settings = config.graph
    if settings.file is not None:
        graph = LabelGraph.load(settings.file).reorder(data.tasks)
        if settings.embeddings is None:
            return graph
        return graph.with_embeddings(parse_embeddings(settings.embeddings, graph.labels, settings.missing_words))
    return finished_graph(config, raw_graph(config, data.parts["train"].annotations))


def graph_recipe(config: Config) -> GraphRecipe:
    """Return how a config makes a graph."""
    settings = config.graph
    return GraphRecipe(
        convention=settings.convention,
        statistic=None if settings.statistic is None else parse_pairs(settings.statistic),
        borrowed=parse_pairs(settings.borrowed),
        tau=settings.tau,
        p=settings.p,
        embeddings=settings.embeddings,
        missing_words=settings.missing_words,
    )


def raw_graph(config: Config, annotations: Annotations) -> LabelGraph:
    """Return the raw graph that a config measures on annotations."""
    return graph_recipe(config).measure(annotations)


def finished_graph(config: Config, raw: LabelGraph) -> LabelGraph:
    """Return the propagation graph with embeddings that a config makes of a raw one.

    Raises:
        InputError: The config names no embeddings, or a label has none.
    """
    if config.graph.embeddings is None:
        raise InputError("graph.embeddings is not given", expected="emotion-words, one-hot, random:SIZE:SEED or a file")
    return graph_recipe(config).finish(raw)


def parse_pairs(texts: dict[str, str]) -> dict[tuple[str, str], str]:
    """Return ``{"a:b": value}`` as ``{("a", "b"): value}``; ``a`` alone means ``a:a``.

    Example:
        >>> parse_pairs({"tags": "phi", "tags:affect": "spearman"})
        {('tags', 'tags'): 'phi', ('tags', 'affect'): 'spearman'}
    """
    pairs = {}
    for key, value in texts.items():
        a, _, b = key.partition(":")
        pairs[(a, b or a)] = value
    return pairs
