"""The head named ``default``: one rule for all data, from the tasks and how often their labels are annotated.

1. Classes and tags alone, or dimensions alone: linear. With all of them annotated, free vectors were as good as any for
   classes and tags on every set that was measured, and dimensions without classes or tags have nothing to learn from.
2. Otherwise vectors are generated from the signed, weighted graph over one-hot embeddings, which need no words, and
   scored by their angle to the features. A task with at least :data:`PLENTY` annotated training samples of each label
   leans on its own samples too: classes and tags have free vectors beside the generated ones, and the scores of
   dimensions keep the length of the features. Beside such a task, a scarce one listens more to its neighbours.
3. Where no correlation reaches the threshold there is no graph, and the head is linear.

The convention, statistic and embeddings that a config names do not matter then. ``gcnlabel ablate`` measures it beside
its rivals and controls.
Nothing but annotations of the training part is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.config.schema import Config, Graph, HeadConfig
from gcnlabel.errors import InputError, shorten
from gcnlabel.run.data import Part
from gcnlabel.run.graph import raw_graph
from gcnlabel.tasks import Dimensional

PLENTY = 300
"""Annotated samples of a label from which its task may lean on them as much as on the graph; not tuned."""

TAU, P, P_SCARCE, HIDDEN = 0.3, 0.3, 0.6, [512]
"""Threshold, weight of the neighbours, that of a scarce task beside a plentiful one, and width of the generator.

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
        InputError: It does.
    """
    head, graph = config.model.head, config.graph
    beside = [f"model.head.{name}" for name in sorted(head.model_fields_set - {"name"})]
    beside += [
        f"graph.{name}" for name in ("file", "tau", "p", "pairs", "borrowed") if getattr(graph, name) not in (None, {})
    ]
    if head.name == "default" and beside:
        raise InputError(
            f"{shorten(beside)} beside the head 'default', which chooses head and graph for itself",
            expected="model.head.name alone",
            fix="name the head, e.g. --set model.head.name=graph-cosine",
        )


def default_settings(config: Config, part: Part) -> tuple[HeadConfig, Graph]:
    """Return the default's head and graph for tasks that are annotated as in the training part."""
    annotations, tasks = part.annotations, part.annotations.tasks
    dimensions = [task.name for task in tasks if isinstance(task, Dimensional)]
    if not 0 < len(dimensions) < len(tasks.names) or not _has_edges(config, part):
        return HeadConfig(name="linear"), config.graph
    plenty = [name for name in tasks.names if observed(annotations, name) >= PLENTY]
    of_plenty = {
        "residual_tasks": [name for name in plenty if name not in dimensions],
        "keep_length": [name for name in plenty if name in dimensions],
    }
    listening = {name: P_SCARCE if plenty and name not in plenty else P for name in tasks.names}
    return generated_settings().model_copy(update=of_plenty), signed_settings(config.graph, p=listening)


def generated_settings() -> HeadConfig:
    """Return the head whose vectors are generated alone and scored by their angle to the features."""
    return HeadConfig(name="graph-cosine", hidden_channels=HIDDEN, bias=True)


def signed_settings(graph: Graph, embeddings: Any = "one-hot", p: float | Mapping[str, float] = P) -> Graph:
    """Return a graph's settings with the default's convention, and embeddings and weights of the neighbours."""
    own: dict[str, Any] = {"statistic": None, "file": None, "borrowed": {}, "pairs": None}
    return graph.changed(convention="signed-weighted", tau=TAU, p=p, embeddings=embeddings, **own)


def with_head(config: Config, head: HeadConfig, graph: Graph) -> Config:
    """Return a config with another head and graph."""
    model = config.model.model_copy(update={"head": head})
    return config.model_copy(update={"model": model, "graph": graph})


def observed(annotations: Annotations, task: str) -> int:
    """Return the number of annotated samples of a task's least annotated label."""
    return int((~np.isnan(annotations.indicators(task))).sum(0).min())


def _has_edges(config: Config, part: Part) -> bool:
    raw = raw_graph(with_head(config, config.model.head, signed_settings(config.graph)), part)
    return bool((raw.edge_weight.abs() >= TAU).any())
