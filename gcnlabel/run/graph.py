"""Config and data -> the label graph of the head."""

from __future__ import annotations

from gcnlabel.annotations import Annotations
from gcnlabel.config.schema import Config
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.recipe import borrow_blocks, measured_graph, measured_pairs, propagation_graph
from gcnlabel.run.data import RunData
from gcnlabel.transforms import convention


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
    return finished_graph(config, *raw_graph(config, data.parts["train"].annotations))


def raw_graph(config: Config, annotations: Annotations) -> tuple[LabelGraph, list[tuple[str, str]] | None]:
    """Return the raw graph that a config measures on annotations, and the pairs of tasks whose edges count.

    None stands for the pairs of the config's convention.
    """
    settings = config.graph
    statistics = (
        convention(settings.convention).statistic if settings.statistic is None else parse_pairs(settings.statistic)
    )
    raw = measured_graph(annotations, annotations.tasks, statistics)
    pairs = None if settings.statistic is None else measured_pairs(raw)
    return borrow_blocks(raw, parse_pairs(settings.borrowed), settings.convention, pairs)


def finished_graph(config: Config, raw: LabelGraph, pairs: list[tuple[str, str]] | None = None) -> LabelGraph:
    """Return the propagation graph with embeddings that a config makes of a raw one.

    Raises:
        InputError: The config names no embeddings, or a label has none.
    """
    settings = config.graph
    if settings.embeddings is None:
        raise InputError("graph.embeddings is not given", expected="emotion-words, one-hot, random:SIZE:SEED or a file")
    return propagation_graph(
        raw,
        settings.convention,
        tau=settings.tau,
        p=settings.p,
        pairs=pairs,
        embeddings=settings.embeddings,
        missing_words=settings.missing_words,
    )


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
