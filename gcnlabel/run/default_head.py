"""The head named ``default``: one rule for all data, from the tasks and how often their labels are annotated.

1. Classes and tags alone, or dimensions alone: linear. With all of them annotated, free vectors were as good as any for
   classes and tags on every set that was measured, and dimensions without classes or tags have nothing to learn from.
2. Otherwise vectors are generated from the signed, weighted graph over one-hot embeddings, which need no words, and
   scored by their angle to the features. A task with at least :data:`PLENTY` annotated training samples of each label
   relies on its own samples too: classes and tags have free vectors beside the generated ones, and the scores of
   dimensions keep the length of the features. Beside such a task, one with fewer samples gives its in-neighbours a
   larger weight.
3. Where no correlation reaches the threshold there is no graph, and the head is linear.

The convention, statistic and embeddings that a config names do not matter then. ``gcnlabel ablate`` measures it beside
baselines and controls. Only annotations of the training split are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.config.schema import Config, Graph
from gcnlabel.errors import InputError, shorten
from gcnlabel.nn.heads import HEADS, HeadPart
from gcnlabel.run.data import Part
from gcnlabel.run.graph import raw_graph

PLENTY = 300
"""Annotated samples of a label from which its task may rely on them as much as on the graph; not tuned."""

TAU, P, P_RARE, HIDDEN = 0.3, 0.3, 0.6, [512]
"""Threshold, weight of the neighbours, that of a task with few samples beside one with many, and
width of the generator.

Chosen on validation data of affect_in_tweets.
"""


def resolve_default(config: Config, part: Part) -> Config:
    """Return a config whose head is not ``default`` but what that stands for; any other config as it is.

    Args:
        config: What is to be trained.
        part: The training part of its data.
    """
    return with_head(config, *default_settings(config, part)) if config.model.head.name == "default" else config


def check_alone(config: Config) -> None:
    """Check that a config says nothing beside the head ``default`` that would not matter then.

    Convention, statistic and embeddings may stand there, for the other heads of an ablation.

    Raises:
        InputError: It does, or the head is part of another.
    """
    head, graph = config.model.head, config.graph
    if any(part.name == "default" for part in head.all()) and head.name != "default":
        raise InputError(
            f"the head 'default' in {head.title}", expected="it alone: it is chosen for all tasks together"
        )
    names = ("file", "tau", "p", "pairs", "borrowed")
    beside = [f"graph.{name}" for name in names if getattr(graph, name) not in (None, {})]
    if head.name == "default" and beside:
        raise InputError(
            f"{shorten(beside)} beside the head 'default', which chooses head and graph for itself",
            fix="name the head, e.g. --set 'model.head={name: cosine, of: graph}'",
        )


def default_settings(config: Config, part: Part) -> tuple[HeadPart, Graph]:
    """Return the default's head and graph for tasks that are annotated as in the training part."""
    annotations, tasks = part.annotations, part.annotations.tasks
    dimensions = [task.name for task in tasks if not task.discrete]
    if not 0 < len(dimensions) < len(tasks.names) or not _has_edges(config, part):
        return HEADS.parse("linear"), config.graph
    plenty = [name for name in tasks.names if observed(annotations, name) >= PLENTY]
    free, kept = ([name for name in plenty if (name in dimensions) == kept] for kept in (False, True))
    weights = {name: P_RARE if plenty and name not in plenty else P for name in tasks.names}
    return generated_settings(free, kept), signed_settings(config.graph, p=weights)


def generated_settings(
    free: Sequence[str] = (), keep_length: Sequence[str] = (), hidden: Sequence[int] = HIDDEN
) -> HeadPart:
    """Return the head whose vectors are generated and scored by their angle to the features.

    Args:
        free: Tasks whose labels have free vectors beside the generated ones.
        keep_length: Tasks whose scores keep the length of the features.
        hidden: Widths of the generator.
    """
    of: dict[str, Any] = {"name": "graph", "hidden_channels": list(hidden), "bias": True}
    of = {"name": "residual", "tasks": list(free), "of": of} if free else of
    head: HeadPart = HEADS.parse({"name": "cosine", "keep_length": list(keep_length), "of": of})
    return head


def signed_settings(graph: Graph, embeddings: Any = "one-hot", p: float | Mapping[str, float] = P) -> Graph:
    """Return a graph's settings with the default's convention, and embeddings and weights of the neighbours."""
    own: dict[str, Any] = {"statistic": None, "file": None, "borrowed": {}, "pairs": None}
    return graph.changed(convention="signed-weighted", tau=TAU, p=p, embeddings=embeddings, **own)


def with_head(config: Config, head: HeadPart, graph: Graph) -> Config:
    """Return a config with another head and graph."""
    model = config.model.model_copy(update={"head": head})
    return config.model_copy(update={"model": model, "graph": graph})


def observed(annotations: Annotations, task: str) -> int:
    """Return the number of annotated samples of a task's least annotated label."""
    return int((~np.isnan(annotations.indicators(task))).sum(0).min())


def _has_edges(config: Config, part: Part) -> bool:
    raw = raw_graph(with_head(config, config.model.head, signed_settings(config.graph)), part)
    return bool((raw.edge_weight.abs() >= TAU).any())
