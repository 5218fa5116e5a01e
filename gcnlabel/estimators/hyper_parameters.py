"""Convert the constructor arguments of an estimator to a config."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gcnlabel.config import Config, parse_config
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.nn.heads import HeadPart
from gcnlabel.run.default_head import HIDDEN
from gcnlabel.tasks import TaskSet

WHERE = "the estimator's arguments"
MEASURED = ("convention", "tau", "p")
"""Arguments that apply only to a measured graph."""
ARGUMENTS = {
    "training.epochs": "max_iter",
    "training.batch_size": "batch_size",
    "optimizer.lr": "learning_rate",
    "optimizer.weight_decay": "weight_decay",
    "model.backbone.hidden": "hidden_layer_sizes",
    "model.backbone.dropout": "dropout",
    "model.head": "head",
    "graph.convention": "convention",
    "graph.tau": "tau",
    "graph.p": "p",
    "graph.embeddings": "embeddings",
}
"""Key of a config -> the corresponding argument."""


def config_of(
    given: Mapping[str, Any], tasks: TaskSet, seed: int, class_weights: Mapping[str, Any] | None = None
) -> Config:
    """Return the config of an estimator; for a head without a graph, arguments of the graph are ignored with a warning.

    Args:
        given: Its constructor arguments, see :class:`gcnlabel.estimators.base.LabelGraphBase`.
        tasks: The predicted tasks.
        seed: Seed of the run.
        class_weights: Task -> label -> weight of a class, or (absent, present) weights of a tag.

    Raises:
        InputError: A value is invalid, or a graph is given together with arguments of a measured graph.
    """
    content = _content(given, tasks, seed, class_weights or {})
    config = _parsed(content)
    if not config.model.head.has_graph:
        _say_ignored(given, config.model.head)
        return config
    measured = {name: _plain(given[name]) for name in MEASURED if given[name] is not None}
    if measured and given["graph"] is not None:
        raise InputError(f"{shorten(measured)} with a given graph", fix="give only one of them")
    return _parsed({**content, "graph": {**content["graph"], **measured}})


def _parsed(content: Mapping[str, Any]) -> Config:
    """Return the config; an error names the argument instead of the key."""
    try:
        return parse_config(content, where=WHERE)
    except InputError as error:
        key, _, rest = error.what.partition(": ")
        argument = next(
            (name + key[len(of) :] for of, name in ARGUMENTS.items() if f"{key}.".startswith(f"{of}.")), key
        )
        what = f"{argument}: {rest}" if rest else error.what
        raise InputError(what, where=WHERE, expected=error.expected, fix=error.fix) from None


def full_head(head: Any, sizes: Sequence[int] | None) -> Any:
    """Return a head for a config, with the estimator's defaults for generators.

    Args:
        head: A name, or a mapping of a name and options, among them other heads.
        sizes: Widths of generators without their own; None for (512,). They also have a bias.

    Example:
        >>> full_head({"name": "cosine", "of": "graph"}, (8,))
        {'name': 'cosine', 'of': {'hidden_channels': [8], 'bias': True, 'name': 'graph'}}
    """
    if not isinstance(head, str | Mapping):
        return head
    found = {key: _plain(v) for key, v in (head if isinstance(head, Mapping) else {"name": head}).items()}
    if found.get("name") == "graph-cosine":
        found = {**found, "name": "cosine", "of": "graph"}
    if found.get("name") == "residual":
        found.setdefault("of", "graph")
    if found.get("name") == "graph":
        found = {"hidden_channels": _plain([*(HIDDEN if sizes is None else sizes)]), "bias": True, **found}
    for key in found.keys() & {"of", "tasks"}:
        inner = found[key]
        by_name = isinstance(inner, Mapping) and "name" not in inner
        found[key] = {name: full_head(of, sizes) for name, of in inner.items()} if by_name else full_head(inner, sizes)
    return found


def _content(given: Mapping[str, Any], tasks: TaskSet, seed: int, class_weights: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a config, without the arguments of a measured graph."""
    sizes = _sizes("hidden_layer_sizes", given["hidden_layer_sizes"])
    hidden = None if given["hidden_channels"] is None else _sizes("hidden_channels", given["hidden_channels"])
    backbone = {"name": "mlp", "hidden": sizes, "dropout": _plain(given["dropout"])} if sizes else {"name": "identity"}
    names = {"lr": "learning_rate", "weight_decay": "weight_decay"}
    return {
        "data": {"source": "table", "annotations": "given to fit"},
        "standardize": _plain(given["standardize"]),
        "calibrate": given.get("calibrate", "none"),
        "graph": {"embeddings": given["embeddings"]},
        "model": {"backbone": backbone, "head": full_head(given["head"], hidden)},
        "loss": _losses(given, tasks, class_weights),
        "optimizer": {"schedule": "cosine", **{key: _plain(given[name]) for key, name in names.items()}},
        "training": {"epochs": _plain(given["max_iter"]), "batch_size": _plain(given["batch_size"])},
        "seed": seed,
    }


def _sizes(name: str, given: Any) -> list[Any]:
    """Return sizes of layers; a number is that of one layer, as in scikit-learn."""
    if isinstance(given, str) or not isinstance(given, Iterable | int | np.integer):
        raise InputError(f"{name}={given!r}", where=WHERE, expected="sizes of layers, e.g. (64,)")
    return list(_plain([*given] if isinstance(given, Iterable) else [given]))


def _say_ignored(given: Mapping[str, Any], head: HeadPart) -> None:
    """Warn about arguments that a head without a graph ignores, so that one grid can have heads of both kinds."""
    of_graph = [name for name in (*MEASURED, "hidden_channels", "graph") if given[name] is not None]
    if head.name == "default" and "graph" in of_graph:
        of_graph.remove("graph")
    if of_graph:
        what = (
            f"head={head.title!r} ignores {shorten(of_graph)}, which are for heads over the label graph, e.g. 'graph'"
        )
        warnings.warn(what, GcnlabelWarning, stacklevel=2)


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
    """Return NumPy scalars (e.g. from random searches) as Python ones, also in lists."""
    if isinstance(value, list | tuple):
        return [*map(_plain, value)]
    return value.item() if isinstance(value, np.generic) else value
