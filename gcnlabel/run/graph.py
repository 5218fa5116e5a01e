"""Build the label graph of the head from config and data."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

from gcnlabel.config.graph import Graph
from gcnlabel.config.schema import Config
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import GcnlabelWarning, InputError, NoEdgeError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.graph.measuring import Pair, pair_of
from gcnlabel.registry import Part
from gcnlabel.run.data import RunData, SampleSet


def build_graph(config: Config, data: RunData) -> LabelGraph | None:
    """Return the graph of the head, read or measured on the training split; None for a head without a graph.

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
    return finished_graph(config, raw_graph(config, data.parts["train"]))


def graph_recipe(settings: Graph) -> GraphRecipe:
    """Return the recipe of graph settings."""
    return GraphRecipe(
        convention=settings.convention,
        statistic=None if settings.statistic is None else _of_pairs(settings.statistic),
        borrowed=_of_pairs(settings.borrowed),
        tau=settings.tau,
        p=settings.p,
        pairs=None if settings.pairs is None else [pair_of(text) for text in settings.pairs],
        embeddings=settings.embeddings,
        missing_words=settings.missing_words,
    )


def _of_pairs(parts: dict[str, Part]) -> dict[Pair, Part]:
    return {pair_of(text): part for text, part in parts.items()}


def raw_graph(config: Config, part: SampleSet) -> LabelGraph:
    """Return the raw graph that a config measures on samples; it is cached in ``part.measured``."""
    recipe = graph_recipe(config.graph)
    key = recipe.measured_as(part.annotations.tasks)
    if key not in part.measured:
        part.measured[key] = recipe.measure(part.annotations)
    return part.measured[key]


def finished_graph(config: Config, raw: LabelGraph) -> LabelGraph:
    """Return the propagation graph with embeddings of a raw graph, by a config.

    Raises:
        InputError: The config names no embeddings, or a label has no embedding.
    """
    if config.graph.embeddings is None:
        raise InputError("graph.embeddings is not given", expected="emotion-words, one-hot, random:SIZE:SEED or a file")
    return graph_recipe(config.graph).finish(raw)


def graph_or_loops(config: Config, data: RunData) -> LabelGraph:
    """Return the graph of a config, measured on the training split; only self-loops if no labels are neighbours."""
    raw = raw_graph(config, data.parts["train"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # isolated labels are common with few samples
        try:
            return finished_graph(config, raw)
        except NoEdgeError:
            settings = config.graph
            x = parse_embeddings(settings.embeddings or "one-hot", data.tasks.labels, settings.missing_words)
            return with_adjacency(raw, torch.eye(data.tasks.num_labels)).with_embeddings(x)


def with_adjacency(graph: LabelGraph, adjacency: Tensor) -> LabelGraph:
    """Return the graph with another propagation matrix [L, L], with all L² edges, including zeros.

    Graphs of different seeds then have the same number of edges, and their models can be stacked.
    """
    size = len(adjacency)
    label = torch.arange(size)
    other: LabelGraph = graph.clone()
    other.edge_index = torch.stack([label.repeat(size), label.repeat_interleave(size)])
    other.edge_weight = adjacency.flatten().to(graph.edge_weight.dtype)
    return other
