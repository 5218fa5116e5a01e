"""Constructor arguments of an estimator -> the config that the rest of the package reads."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from gcnlabel.config import Config, parse_config
from gcnlabel.errors import IdleArgumentWarning, InputError, shorten
from gcnlabel.nn.heads import HeadPart
from gcnlabel.run.default_head import HIDDEN
from gcnlabel.tasks import TaskSet


def config_of(
    given: Mapping[str, Any], tasks: TaskSet, seed: int, class_weights: Mapping[str, Any] | None = None
) -> Config:
    """Return the config of an estimator.

    Args:
        given: Its constructor arguments, see :class:`gcnlabel.estimators.base.LabelGraphBase`.
        tasks: What it predicts.
        seed: Seed of the run.
        class_weights: Task -> label -> weight of a class, or weights of a tag where it is absent and present.

    Raises:
        InputError: A value is not allowed.
    """
    sizes = [_plain(size) for size in given["hidden_layer_sizes"]]
    backbone = {"name": "mlp", "hidden": sizes, "dropout": _plain(given["dropout"])} if sizes else {"name": "identity"}
    names = {"lr": "learning_rate", "weight_decay": "weight_decay"}
    config = parse_config(
        {
            "data": {"source": "table", "annotations": "given to fit"},
            "standardize": _plain(given["standardize"]),
            "calibrate": given.get("calibrate", "none"),
            "graph": _graph(given),
            "model": {"backbone": backbone, "head": _head(given)},
            "loss": _losses(given, tasks, class_weights or {}),
            "optimizer": {"schedule": "cosine", **{key: _plain(given[name]) for key, name in names.items()}},
            "training": {
                "epochs": _plain(given["max_iter"]),
                "batch_size": _plain(given["batch_size"]),
            },
            "seed": seed,
        },
        where="the estimator's arguments",
    )
    _check_used(given, config.model.head)
    return config


def _check_used(given: Mapping[str, Any], head: HeadPart) -> None:
    """Say which arguments have no effect on this head, as where a search has heads with and without a graph.

    Raises:
        InputError: A ready graph stands beside what says how to make one.
    """
    measured = [name for name in ("convention", "tau", "p") if given[name] is not None]
    if measured and given["graph"] is not None:
        raise InputError(f"{shorten(measured)} beside a ready graph", fix="give one of them")
    of_graph = [*measured, *(name for name in ("hidden_channels", "graph") if given[name] is not None)]
    if head.name == "default" and "graph" in of_graph:
        of_graph.remove("graph")
    if of_graph and not head.has_graph:
        said = f"head={given['head']!r} does not use {shorten(of_graph)}, which has no effect"
        warnings.warn(said, IdleArgumentWarning, stacklevel=2)


def _graph(given: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: _plain(given[name]) for name in ("convention", "tau", "p", "embeddings")}
    return {name: value for name, value in named.items() if value is not None}


def _head(given: Mapping[str, Any]) -> Any:
    if isinstance(given["head"], Mapping):
        return given["head"]
    sizes = HIDDEN if given["hidden_channels"] is None else [_plain(size) for size in given["hidden_channels"]]
    graph: dict[str, Any] = {"name": "graph", "hidden_channels": sizes, "bias": True}
    of_graph = {"graph": graph, "residual": {"name": "residual", "of": graph}}
    of_graph["graph-cosine"] = {"name": "cosine", "of": graph}
    return of_graph.get(given["head"], {"name": given["head"]})


def _losses(given: Mapping[str, Any], tasks: TaskSet, class_weights: Mapping[str, Any]) -> dict[str, Any]:
    names = _by_task(given["loss"], tasks)
    weights = _by_task(given["loss_weights"], tasks)
    losses = {task: {"name": names.get(task, "default"), "weight": _plain(weights.get(task))} for task in tasks.names}
    for task, of_task in class_weights.items():
        losses[task]["class_weights"] = of_task
    return losses


def _by_task(value: Any, tasks: TaskSet) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {tasks[name].name: item for name, item in value.items()}
    return dict.fromkeys(tasks.names, value)


def _plain(value: Any) -> Any:
    """Return NumPy's scalars, which random searches draw, as Python's."""
    return value.item() if isinstance(value, np.generic) else value
