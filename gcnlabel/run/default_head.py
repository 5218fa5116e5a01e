"""The head named ``default``: an ensemble of base models, the same rule for all data.

Base models (:func:`base_models`): linear, cosine; over the label graph, where a correlation of two labels reaches the
threshold, vectors from a generator without edges, a label kernel, and a generator over the signed, weighted graph. On
features each has a backbone of its own, and its learning rate and epoch are selected on held-out samples; images have
one backbone, trained on the mean of the base models' losses. Their scores are combined by what they are worth on
held-out samples, and dimensions are estimated from the scores of classes and tags too (:mod:`gcnlabel.run.ensembles`).

Generated vectors are scored by their angle to the features. A task with at least :data:`PLENTY` annotated training
samples of each label relies on its own samples too: classes and tags have free vectors beside the generated ones, and
the scores of dimensions keep the length of the features. Beside such a task, one with fewer samples gives its
in-neighbours a larger weight.

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
from gcnlabel.nn import BACKBONES, HEADS
from gcnlabel.nn.heads import HeadPart
from gcnlabel.run.data import Part
from gcnlabel.run.graph import raw_graph

LINEAR, COSINE, GENERATOR, KERNEL, SIGNED = (
    "linear",
    "cosine",
    "generator without edges",
    "label kernel",
    "signed graph",
)
IDENTITY, ENSEMBLE = "identity", "ensemble"
MAX_GENERATED = 1000
"""Labels up to which there are base models over the graph."""
PLENTY = 300
"""Annotated samples of a label from which its task may rely on them as much as on the graph; not tuned."""

TAU, P, P_RARE, HIDDEN = 0.3, 0.3, 0.6, [512]
"""Threshold, weight of the neighbours, that of a task with few samples beside one with many, and
width of the generator.

Chosen on validation data of affect_in_tweets.
"""


def resolve_default(config: Config, part: Part) -> Config:
    """Return a config whose head is not ``default`` but the ensemble that it stands for; any other config as it is.

    Args:
        config: What is to be trained.
        part: The training part of its data.
    """
    if config.model.head.name != "default":
        return config
    graph, models = base_models(config, part)
    backbone = config.model.backbone
    if part.inputs.ndim == 2 and backbone.name != IDENTITY and why_shared(config) is None:
        own: dict[str, Any] = {"name": "own-backbone", "backbone": backbone}
        models = {name: HEADS.parse({**own, "of": head}) for name, head in models.items()}
        backbone = BACKBONES.parse(IDENTITY)
    head: HeadPart = HEADS.parse({"name": ENSEMBLE, "of": models})
    config = with_head(config, head, graph)
    return config.model_copy(update={"model": config.model.model_copy(update={"backbone": backbone})})


def why_shared(config: Config) -> str | None:
    """Return what of a config asks for one backbone and one training of all base models; None where nothing does.

    Example:
        >>> why_shared(Config(data={"source": "synthetic-faces"}, weighting="uncertainty"))
        'weighting: uncertainty'
    """
    said = {
        f"weighting: {config.weighting.name}": config.weighting.name != "fixed",
        f"training.precision: {config.training.precision}": config.training.precision != "32-true",
        f"select.split: {config.select.split}": config.select.split != "val",
        "optimizer.backbone or optimizer.head": any(config.optimizer.sides.values()),
        str(config.optimizer.alone): config.optimizer.alone is not None,
        "training.mix": config.training.mix is not None,
        "training.average": config.training.average is not None,
        "training.loggers": bool(config.training.loggers),
        "training.compile": config.training.compile,
    }
    return next((what for what, is_so in said.items() if is_so), None)


def is_side_by_side(config: Config, part: Part) -> bool:
    """Return whether base models share nothing that is trained: each can have a rate and an epoch of its own."""
    apart = config.model.head.name == ENSEMBLE and config.model.backbone.name == IDENTITY
    return apart and part.inputs.ndim == 2 and why_shared(config) is None


def base_models(config: Config, part: Part) -> tuple[Graph, dict[str, HeadPart]]:
    """Return the graph of the default's base models, and their heads by name.

    Args:
        config: What is to be trained.
        part: Training samples; how often each label is annotated matters, and how labels are correlated.
    """
    annotations, tasks = part.annotations, part.annotations.tasks
    models: dict[str, Any] = {LINEAR: "linear", COSINE: "cosine"}
    if tasks.num_labels > MAX_GENERATED or not _has_edges(config, part):
        return config.graph, {name: HEADS.parse(head) for name, head in models.items()}
    dimensions = [task.name for task in tasks if not task.discrete]
    plenty = [name for name in tasks.names if observed(annotations, name) >= PLENTY]
    free, kept = ([name for name in plenty if (name in dimensions) == kept] for kept in (False, True))
    weights = {name: P_RARE if plenty and name not in plenty else P for name in tasks.names}
    models[GENERATOR] = generated_settings(free, kept, edges="self-loops")
    models[KERNEL] = {"name": "cosine", "keep_length": kept, "of": "label-kernel"}
    models[SIGNED] = generated_settings(free, kept)
    return signed_settings(config.graph, p=weights), {name: HEADS.parse(head) for name, head in models.items()}


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


def generated_settings(
    free: Sequence[str] = (), keep_length: Sequence[str] = (), hidden: Sequence[int] = HIDDEN, edges: str = "fixed"
) -> HeadPart:
    """Return the head whose vectors are generated and scored by their angle to the features.

    Args:
        free: Tasks whose labels have free vectors beside the generated ones.
        keep_length: Tasks whose scores keep the length of the features.
        hidden: Widths of the generator.
        edges: ``fixed``, the graph's, or ``self-loops``: labels share the generator alone.
    """
    of: dict[str, Any] = {"name": "graph", "hidden_channels": list(hidden), "bias": True, "edges": edges}
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
