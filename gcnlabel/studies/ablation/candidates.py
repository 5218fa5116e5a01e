"""Heads of an ablation: baselines, base models of the default, the published head, and control graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from gcnlabel.config import Config
from gcnlabel.config.schema import Graph
from gcnlabel.embeddings import random_embeddings
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import HEADS, MultiTaskModel, build_head
from gcnlabel.nn.heads import HeadPart
from gcnlabel.run.build import build_backbone, build_units
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import KERNEL, LINEAR, SIGNED, base_models, with_head
from gcnlabel.run.graph import graph_or_loops, with_adjacency
from gcnlabel.run.side_by_side import make_trial
from gcnlabel.studies.ablation.controls import CONTROLS
from gcnlabel.tasks import TaskSet
from gcnlabel.training import Trial

STACKING, DEFAULT, PUBLISHED = "stacking", "default", "published head"
PROPAGATION, QUERIES, SAMPLE_GRAPH = "output propagation", "label-query attention", "sample-adaptive graph"
RANDOM_SIZE = 64
"""Size of random embeddings."""
SEED = "linear, seed {}"
Change = Callable[[LabelGraph, int], LabelGraph]


@dataclass(frozen=True)
class Candidate:
    """A head to train.

    Attributes:
        name: Name in tables.
        config: Config with its head and graph.
        change: Function that changes its graph, given a seed; or None.
        heads: Heads of which the best on the val split is reported; empty for the config's head.
        shift: Number added to the seed of its weights and of the order of its samples.
    """

    name: str
    config: Config
    change: Change | None = None
    heads: tuple[HeadPart, ...] = ()
    shift: int = 0

    def variants(self) -> list[Candidate]:
        """Return one candidate for each of its heads."""
        heads = self.heads or (self.config.model.head,)
        return [replace(self, config=with_head(self.config, head, self.config.graph), heads=()) for head in heads]

    def model(self, data: RunData, seed: int) -> MultiTaskModel:
        """Return its model, initialised by a seed; all candidates have the same initial backbone."""
        settings = self.config.model
        graph = None
        if settings.head.has_graph:
            graph = graph_or_loops(self.config, data)
            graph = with_adjacency(graph, graph.adjacency())
            graph = graph if self.change is None else self.change(graph, seed)
        torch.manual_seed(seed + self.shift)
        backbone = build_backbone(settings.backbone, data.parts["train"].inputs, self.config.standardize)
        head = build_head(settings.head, data.tasks, backbone.out_features, graph)
        return MultiTaskModel(backbone, head, build_units(self.config, data))

    def trial(self, data: RunData, seed: int, rate: float) -> Trial:
        """Return the trial of its model; trials with models of the same architecture have the same ``kind``."""
        model = self.model(data, seed)
        shapes = tuple((name, tuple(value.shape)) for name, value in model.state_dict().items())
        kind = (str(self.config.model.head.model_dump()), shapes)
        return make_trial(self.config, data, model, rate=rate, seed=seed + self.shift, kind=kind)


def candidates(config: Config, data: RunData) -> dict[str, Candidate]:
    """Return every head that can be trained, by name; other heads are computed from their scores, see :mod:`derived`.

    Args:
        config: Common config of the heads.
        data: Data; its training split determines the base models.
    """
    graph, models = base_models(config, data.parts["train"])
    found = {name: Candidate(name, with_head(config, head, graph)) for name, head in models.items()}
    one_hot = config.graph.changed(embeddings=config.graph.embeddings or "one-hot")
    widths = next((part.options["hidden_channels"] for part in config.model.head.all() if part.name == "graph"), [512])
    published = {"name": "graph", "hidden_channels": widths, "init": "published"}
    others = {
        PROPAGATION: ("output-propagation", graph if SIGNED in found else one_hot),
        QUERIES: ("label-query", config.graph),
        SAMPLE_GRAPH: ("sample-graph", config.graph),
        PUBLISHED: (published, published_settings(config.graph, data.tasks)),
    }
    found |= {n: Candidate(n, with_head(config, HEADS.parse(head), of)) for n, (head, of) in others.items()}
    found |= {SEED.format(k): replace(found[LINEAR], name=SEED.format(k), shift=1000 * k) for k in range(1, 5)}
    for base in (SIGNED, KERNEL):
        if base in found:
            found |= {each.name: each for each in _controls(found[base])}
    for name, heads in config.ablate.heads.items():
        own = found.get(name, Candidate(name, with_head(config, heads[0], one_hot)))
        found[name] = replace(own, heads=tuple(heads))
    return found


def _controls(of: Candidate) -> Iterator[Candidate]:
    for name in CONTROLS:
        yield replace(of, name=f"{of.name}, {name}", change=partial(_rewire, name))  # a partial can be pickled
    if of.name == SIGNED:
        yield replace(of, name=f"{SIGNED}, random embeddings", change=_with_random)


def published_settings(graph: Graph, tasks: TaskSet) -> Graph:
    """Return graph settings of the paper with the most similar tasks: Emotion-GCN, or ML-GCN for only discrete tasks.

    Without tags or dimensions, for which neither paper has a statistic, phi is used between classes; with only
    dimensions, Spearman's correlation.
    """
    changes: dict[str, Any] = {"convention": "emotion-gcn-paper", "tau": None, "p": None, "statistic": None}
    if all(task.discrete for task in tasks):
        tags = any(task.binary for task in tasks)
        changes["statistic"] = None if tags else {task.name: "phi" for task in tasks}
        changes["convention"] = "ml-gcn-paper" if tags else "emotion-gcn-paper"
    elif not any(task.discrete for task in tasks):
        changes["statistic"] = {task.name: "spearman" for task in tasks}
    return graph.changed(**changes, file=None, pairs=None, embeddings=graph.embeddings or "one-hot")


def _rewire(name: str, graph: LabelGraph, seed: int) -> LabelGraph:
    """Return the graph with the edges and the statistic of a control."""
    change = CONTROLS[name]
    other = with_adjacency(graph, change(graph.adjacency(), torch.Generator().manual_seed(seed)))
    if graph.statistic is None:
        return other
    statistic = change(graph.statistic, torch.Generator().manual_seed(seed))
    edges = {"edge_index": other.edge_index, "edge_weight": other.edge_weight}
    return LabelGraph(graph.tasks, statistic=statistic, history=graph.history, x=graph.x, **edges)


def _with_random(graph: LabelGraph, seed: int) -> LabelGraph:
    return graph.with_embeddings(random_embeddings(graph.labels, size=RANDOM_SIZE, seed=seed))
