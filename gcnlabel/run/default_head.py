"""The head named ``default``: an ensemble of base models, by the same rule for all data.

Base models (:func:`base_models`) are a linear and a cosine head and, if a correlation of two labels reaches the
threshold, a generator without edges, a label kernel, and a generator over the signed, weighted graph. On features, each
has its own backbone, and its learning rate and epoch are selected on held-out samples; on images, they share one
backbone, trained on the mean of their losses. Their scores are weighted by their performance on held-out samples, and
dimensions are also estimated from the scores of classes and tags (:mod:`gcnlabel.run.ensembles`).

Generated vectors are scored by cosines. In tasks with at least :data:`PLENTY` annotated training samples of each label,
classes and tags have free residuals in addition to the generated vectors, and scores of dimensions are multiplied by
the norm of the features. If there is such a task, other tasks get a larger weight of their in-neighbours.

Convention, statistic and embeddings of the config are then ignored. ``gcnlabel ablate`` compares it with baselines and
controls. It depends only on annotations of the training split.
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
from gcnlabel.run.data import SampleSet
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
"""Largest number of labels with base models over the graph."""
PLENTY = 300
"""Number of annotated samples of each label from which a task has residuals or keeps feature norms; not tuned."""

TAU, P, P_RARE, HIDDEN = 0.3, 0.3, 0.6, [512]
"""Threshold, weight of the neighbours (usual, and of a task with few samples together with one with many), and width
of the generator; chosen on validation data of affect_in_tweets.
"""


def resolve_default(config: Config, part: SampleSet) -> Config:
    """Return the config with the head ``default`` replaced by its ensemble; other configs are returned unchanged.

    Args:
        config: The config to train.
        part: Its training samples.
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
    """Return the setting that requires one backbone and one training of all base models, or None.

    Example:
        >>> why_shared(Config(data={"source": "synthetic-faces"}, weighting="uncertainty"))
        'weighting: uncertainty'
    """
    found = {
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
    return next((setting for setting, requires in found.items() if requires), None)


def is_side_by_side(config: Config, part: SampleSet) -> bool:
    """Return whether base models share no parameters, so that each has its own learning rate and epoch."""
    apart = config.model.head.name == ENSEMBLE and config.model.backbone.name == IDENTITY
    return apart and part.inputs.ndim == 2 and why_shared(config) is None


def base_models(config: Config, part: SampleSet) -> tuple[Graph, dict[str, HeadPart]]:
    """Return the graph settings of the default's base models, and their heads by name.

    Args:
        config: The config to train.
        part: Training samples, whose numbers of annotations and correlations decide.
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
    """Check that a config with the head ``default`` sets no option of the graph that would be ignored.

    Convention, statistic and embeddings are allowed, for the other heads of an ablation.

    Raises:
        InputError: It sets such an option, or ``default`` is part of another head.
    """
    head, graph = config.model.head, config.graph
    if any(part.name == "default" for part in head.all()) and head.name != "default":
        raise InputError(
            f"the head 'default' in {head.title}", expected="'default' alone: it is chosen for all tasks together"
        )
    names = ("file", "tau", "p", "pairs", "borrowed")
    beside = [f"graph.{name}" for name in names if getattr(graph, name) not in (None, {})]
    if head.name == "default" and beside:
        raise InputError(
            f"{shorten(beside)} with the head 'default', which chooses its own graph",
            fix="name the head, e.g. --set 'model.head={name: cosine, of: graph}'",
        )


def generated_settings(
    free: Sequence[str] = (), keep_length: Sequence[str] = (), hidden: Sequence[int] = HIDDEN, edges: str = "fixed"
) -> HeadPart:
    """Return the settings of a cosine head with generated vectors.

    Args:
        free: Tasks whose labels have free residuals in addition to the generated vectors.
        keep_length: Tasks whose scores are multiplied by the norm of the features.
        hidden: Widths of the generator.
        edges: ``fixed`` (the graph's), or ``self-loops``: labels share only the generator.
    """
    of: dict[str, Any] = {"name": "graph", "hidden_channels": list(hidden), "bias": True, "edges": edges}
    of = {"name": "residual", "tasks": list(free), "of": of} if free else of
    head: HeadPart = HEADS.parse({"name": "cosine", "keep_length": list(keep_length), "of": of})
    return head


def signed_settings(graph: Graph, embeddings: Any = "one-hot", p: float | Mapping[str, float] = P) -> Graph:
    """Return graph settings with the default's convention, and given embeddings and weights of the neighbours."""
    own: dict[str, Any] = {"statistic": None, "file": None, "borrowed": {}, "pairs": None}
    return graph.changed(convention="signed-weighted", tau=TAU, p=p, embeddings=embeddings, **own)


def with_head(config: Config, head: HeadPart, graph: Graph) -> Config:
    """Return a config with another head and graph."""
    model = config.model.model_copy(update={"head": head})
    return config.model_copy(update={"model": model, "graph": graph})


def observed(annotations: Annotations, task: str) -> int:
    """Return the number of annotated samples of a task's least annotated label."""
    return int((~np.isnan(annotations.indicators(task))).sum(0).min())


def _has_edges(config: Config, part: SampleSet) -> bool:
    raw = raw_graph(with_head(config, config.model.head, signed_settings(config.graph)), part)
    return bool((raw.edge_weight.abs() >= TAU).any())
