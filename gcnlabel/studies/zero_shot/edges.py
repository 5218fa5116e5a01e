"""Source of the edges of a label that was not annotated: another split, a graph or a matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from gcnlabel.config import Config
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph, graph_from_matrix, read_matrix, similarity_graph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.run.data import RunData
from gcnlabel.run.graph import graph_recipe, raw_graph
from gcnlabel.tasks import TaskSet

SPLITS = {"val": "val", "dev": "val"}
"""Splits whose statistics may give the edges; ``dev`` is an alias of ``val``."""
NAMES = "names"
"""Source of edges: cosines of the embeddings."""


def other_statistics(source: str, config: Config, data: RunData) -> LabelGraph:
    """Return the raw graph over all labels from a source.

    Args:
        source: ``val`` (or ``dev``): measured on that split by the config; ``names``: cosines of the config's
            embeddings; or a raw graph (.safetensors) or a matrix with names (.csv), with every label. Blocks that the
            config borrows are borrowed here too.
        config: Config of the run.
        data: Data with all labels.

    Raises:
        InputError: The file cannot be used, or lacks a label.
    """
    if source in SPLITS:
        return raw_graph(config, data.parts[SPLITS[source]])
    if source == NAMES:
        graph = config.graph
        x = parse_embeddings(graph.embeddings or "one-hot", data.tasks.labels, graph.missing_words)
        found = similarity_graph(data.tasks, x)
    elif source.endswith(".csv"):
        found = graph_from_matrix(*read_matrix(source))
    elif Path(source).exists():
        found = LabelGraph.load(source)
    else:
        raise InputError(
            f"--edges-from {source}", expected=f"{' | '.join(SPLITS)} | {NAMES} | a .safetensors or .csv file"
        )
    whole = found if source == NAMES else restricted(found, data.tasks, source)
    return graph_recipe(config.graph).borrow(whole)


def restricted(raw: LabelGraph, tasks: TaskSet, source: object = None) -> LabelGraph:
    """Return the raw graph over only the labels of some tasks, matched by name.

    Raises:
        InputError: The graph lacks a label.
    """
    missing = [label for label in tasks.labels if label not in raw.labels]
    if missing:
        raise InputError(f"the statistics lack {shorten(missing)}", where=source, expected="every label of the tasks")
    place = torch.tensor([raw.tasks.index(label) for label in tasks.labels])
    return LabelGraph.from_dense(as_dense(raw.statistic)[place][:, place].numpy(), tasks, history=raw.history)


def shuffled(raw: LabelGraph, seed: int) -> LabelGraph:
    """Return a raw graph with permuted labels: the same edges, between other labels."""
    place = np.random.default_rng(seed).permutation(raw.tasks.num_labels)
    return LabelGraph.from_dense(as_dense(raw.statistic).numpy()[np.ix_(place, place)], raw.tasks, history=raw.history)


def identity(graph: LabelGraph) -> LabelGraph:
    """Return a propagation graph in which every label has a self-loop and no other in-neighbour."""
    alone: LabelGraph = graph.clone()
    node = torch.arange(graph.tasks.num_labels)
    alone.edge_index, alone.edge_weight = node.expand(2, -1), torch.ones(len(node))
    return alone


def complete(graph: LabelGraph) -> LabelGraph:
    """Return the same Â with all L² edges, including edges of weight 0.

    Graphs of equal size then have the same number of edges, so that heads over them can be trained together.
    """
    filled: LabelGraph = graph.clone()
    node = torch.arange(graph.tasks.num_labels)
    filled.edge_index = torch.stack([node.repeat(len(node)), node.repeat_interleave(len(node))])  # j -> i
    filled.edge_weight = graph.adjacency().flatten()
    return filled
