"""The heads that are compared: baselines, the default, the published one, and the default with wrong graphs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
from gcnlabel.run.default_head import default_settings, generated_settings, signed_settings, with_head
from gcnlabel.run.graph import graph_or_loops, raw_graph, with_adjacency
from gcnlabel.studies.ablation.controls import CONTROLS, IDENTITY
from gcnlabel.tasks import TaskSet

LINEAR, COSINE, STACKING, DEFAULT = "linear", "linear + cosine", "stacking", "default"
SIGNED, PUBLISHED = "signed graph", "published head"
PROPAGATION, QUERIES, SAMPLE_GRAPH = "output propagation", "label-query attention", "sample-adaptive graph"
RANDOM_SIZE = 64
"""Size of random embeddings."""
Change = Callable[[LabelGraph, int], LabelGraph]


@dataclass(frozen=True)
class Candidate:
    """A head to train.

    Attributes:
        name: What tables call it.
        config: Config with its head and graph.
        change: Changes its graph, given a seed; None for no change.
        heads: Heads of which the best on the val split is reported; none for the config's alone.
    """

    name: str
    config: Config
    change: Change | None = None
    heads: tuple[HeadPart, ...] = ()

    def variants(self) -> list[Candidate]:
        """Return one candidate for each of its heads."""
        heads = self.heads or (self.config.model.head,)
        return [replace(self, config=with_head(self.config, head, self.config.graph), heads=()) for head in heads]

    def measure(self, data: RunData) -> None:
        """Measure the statistics of its graph; they are kept with the data, and sent with it to other processes."""
        if self.config.model.head.has_graph:
            raw_graph(self.config, data.parts["train"])

    def model(self, data: RunData, seed: int) -> MultiTaskModel:
        """Return its model for some data, drawn by a seed; the backbone is the same for all candidates."""
        torch.manual_seed(seed)
        settings = self.config.model
        backbone = build_backbone(settings.backbone, data.parts["train"].inputs, self.config.standardize)
        graph = None
        if settings.head.has_graph:
            graph = graph_or_loops(self.config, data)
            graph = with_adjacency(graph, graph.adjacency())
            graph = graph if self.change is None else self.change(graph, seed)
        head = build_head(settings.head, data.tasks, backbone.out_features, graph)
        return MultiTaskModel(backbone, head, build_units(self.config, data))


def candidates(config: Config, data: RunData) -> list[Candidate]:
    """Return every head that is trained; stacking follows from the linear one.

    Wrong graphs and embeddings replace those of the default, or, where the default is linear, those of the signed
    graph.

    Args:
        config: Recipe of them all.
        data: Data whose training split decides what the default is.
    """
    head, graph = default_settings(config, data.parts["train"])
    default = Candidate(DEFAULT, with_head(config, head, graph))
    signed = Candidate(SIGNED, with_head(config, generated_settings(), signed_settings(config.graph)))
    reference = default if head.has_graph else signed
    widths = next((part.options["hidden_channels"] for part in config.model.head.all() if part.name == "graph"), [512])
    published = {"name": "graph", "hidden_channels": widths, "init": "published"}
    found = [
        Candidate(LINEAR, _named(config, "linear", config.graph)),
        Candidate(COSINE, _named(config, "cosine", config.graph)),
        default,
        *([] if head.has_graph else [signed]),
        Candidate(PROPAGATION, _named(config, "output-propagation", signed.config.graph)),
        Candidate(QUERIES, _named(config, "label-query", config.graph)),
        Candidate(SAMPLE_GRAPH, _named(config, "sample-graph", config.graph)),
        Candidate(PUBLISHED, _named(config, published, published_settings(config.graph, data.tasks))),
        *(Candidate(name, reference.config, _rewired(name)) for name in CONTROLS),
        Candidate("random embeddings", reference.config, _with_random),
        *_with_named(reference.config, config.graph.embeddings),
    ]
    return [*_tuned(found, config.ablate.heads), *_own(config, {candidate.name for candidate in found})]


def _tuned(found: Sequence[Candidate], heads: Mapping[str, Sequence[HeadPart]]) -> list[Candidate]:
    """Return candidates whose variants are the heads that a config gives under their names."""
    return [replace(each, heads=tuple(heads[each.name])) if each.name in heads else each for each in found]


def _own(config: Config, known: Collection[str]) -> Iterator[Candidate]:
    """Yield the further heads of a config, over its own graph; one-hot embeddings where it names none."""
    graph = config.graph.model_copy(update={"embeddings": config.graph.embeddings or "one-hot"})
    for name, heads in config.ablate.heads.items():
        if name not in known:
            yield Candidate(name, with_head(config, heads[0], graph), heads=tuple(heads))


def _named(config: Config, head: Any, graph: Graph) -> Config:
    return with_head(config, HEADS.parse(head), graph)


def published_settings(graph: Graph, tasks: TaskSet) -> Graph:
    """Return the graph of the paper that these tasks are nearest to: Emotion-GCN's, or ML-GCN's for tags alone.

    Between classes, for which neither has a statistic, phi is taken; between dimensions, where there is nothing else,
    Spearman's correlation.
    """
    changes: dict[str, Any] = {"convention": "emotion-gcn-paper", "tau": None, "p": None, "statistic": None}
    if all(task.discrete for task in tasks):
        tags = any(task.binary for task in tasks)
        changes["statistic"] = None if tags else {task.name: "phi" for task in tasks}
        changes["convention"] = "ml-gcn-paper" if tags else "emotion-gcn-paper"
    elif not any(task.discrete for task in tasks):
        changes["statistic"] = {task.name: "spearman" for task in tasks}
    return graph.changed(**changes, file=None, pairs=None, embeddings=graph.embeddings or "one-hot")


def _rewired(name: str) -> Change:
    return partial(_rewire, name)  # it can be sent to other processes


def _rewire(name: str, graph: LabelGraph, seed: int) -> LabelGraph:
    generator = torch.Generator().manual_seed(seed)
    return with_adjacency(graph, CONTROLS[name](graph.adjacency(), generator))


def _with_named(config: Config, embeddings: Any) -> Iterator[Candidate]:
    """Yield the default, and it with the identity graph, over embeddings that hold information about the labels."""
    if embeddings is not None and embeddings.name not in ("one-hot", "random"):
        named = with_head(config, config.model.head, config.graph.changed(embeddings=embeddings))
        yield Candidate("embeddings of the config", named)
        yield Candidate("embeddings of the config, identity graph", named, _rewired(IDENTITY))


def _with_random(graph: LabelGraph, seed: int) -> LabelGraph:
    return graph.with_embeddings(random_embeddings(graph.labels, size=RANDOM_SIZE, seed=seed))
