"""Convert configs and run folders of earlier versions to the current form.

There is one function on plain values for each kind of part. It changes its section in place and yields the keys that it
rewrote; old values without any effect are removed without a notice.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

Values = dict[str, Any]

OF_GENERATOR = ("hidden_channels", "bias", "init", "conv", "edges")
"""Options of the generator that earlier versions had in the section of any head."""
HEADS = (
    "default",
    "linear",
    "graph",
    "residual",
    "cosine",
    "graph-cosine",
    "output-propagation",
    "label-query",
    "sample-graph",
)
OLD_MOMENTUM = 0.9
OLD_STEPS = {"epochs": 10, "factor": 0.1}
"""Defaults that earlier runs wrote for every optimizer and schedule."""
OF_EVERY_HEAD = (*OF_GENERATOR, "tasks", "residual_tasks", "keep_length")


def modernised(content: Mapping[str, Any]) -> tuple[Values, list[str]]:
    """Return a config in the current form, and the rewritten keys."""
    modern = copy.deepcopy(dict(content))
    return modern, [
        place for rewrite in (_head, _backbone, _losses, _training, _optimizer) for place in rewrite(modern)
    ]


def _head(content: Values) -> Iterator[str]:
    """Move options of the generator and heads of single tasks from the head's section into nested heads."""
    model = content.get("model")
    head = model.get("head") if isinstance(model, dict) else None
    if isinstance(head, str):
        head = {"name": head}
    if not isinstance(model, dict) or not isinstance(head, dict):
        return
    given = {key: value for key, value in head.items() if value is not None}
    name, tasks = given.get("name", "default"), given.get("tasks", {})
    written_by_a_run = {"tasks", "edges", "keep_length", *OF_GENERATOR} - {"bias"} <= given.keys()
    composed = name not in HEADS or "of" in given
    beside = name == "residual" and any(key in given for key in OF_GENERATOR)
    of_tasks = isinstance(tasks, dict) and "tasks" in given
    if composed or not (written_by_a_run or of_tasks or beside or name == "graph-cosine" or "residual_tasks" in given):
        model["head"] = given if isinstance(model["head"], dict) else model["head"]
        return
    modern = _composed(name, given)
    if tasks:
        modern = {"name": "per-task", "of": modern, "tasks": {task: _composed(n, given) for task, n in tasks.items()}}
    model["head"] = modern | {key: value for key, value in given.items() if key not in ("name", *OF_EVERY_HEAD)}
    yield "model.head"


def _composed(name: str, given: Values) -> Values:
    """Return the nested head of an old name with the options of all heads."""
    graph: Values = {"name": "graph", **{key: given[key] for key in OF_GENERATOR if key in given}}
    free: Values = {"name": "linear", **({"bias": False} if given.get("bias") is False else {})}
    angles = {"keep_length": given["keep_length"]} if given.get("keep_length") else {}
    if name == "residual" or (name in ("graph", "graph-cosine") and given.get("residual_tasks")):
        tasks = {"tasks": given["residual_tasks"]} if "residual_tasks" in given else {}
        graph = {"name": "residual", "of": graph, **tasks}
    return {
        "linear": free,
        "cosine": {"name": "cosine", "of": free, **angles},
        "graph": graph,
        "residual": graph,
        "graph-cosine": {"name": "cosine", "of": graph, **angles},
        "output-propagation": {"name": "output-propagation", "of": free},
    }.get(name, {"name": name})


def _backbone(content: Values) -> Iterator[str]:
    """Remove nulls, which meant defaults."""
    model = content.get("model")
    backbone = model.get("backbone") if isinstance(model, dict) else None
    if isinstance(model, dict) and isinstance(backbone, dict):
        model["backbone"] = {key: value for key, value in backbone.items() if value is not None}
    yield from ()


def _losses(content: Values) -> Iterator[str]:
    """Remove nulls, which meant defaults, and ``class_weights: false``."""
    losses: Any = content.get("loss")
    for task, loss in losses.items() if isinstance(losses, dict) else ():
        if isinstance(loss, dict):
            losses[task] = {key: value for key, value in loss.items() if value is not None}
            if loss.get("class_weights") is False:
                del losses[task]["class_weights"]
    yield from ()


def _training(content: Values) -> Iterator[str]:
    """Rename ``scarce_samples`` to ``rare_samples``, and ``tensorboard`` to a logger.

    If both names are given, the new one is from the base and the old one from the caller, which has priority.
    """
    training = content.get("training")
    if not isinstance(training, dict):
        return
    if isinstance(tensorboard := training.pop("tensorboard", None), bool):
        training["loggers"] = ["tensorboard"] if tensorboard else training.get("loggers", [])
    if "scarce_samples" in training:
        training["rare_samples"] = training.pop("scarce_samples")
        yield "training.rare_samples"


def _optimizer(content: Values) -> Iterator[str]:
    """Remove defaults of other optimizers, and move ``step_epochs`` and ``step_factor`` into the schedule."""
    given = content.get("optimizer")
    if not isinstance(given, dict):
        return
    if given.get("name", "adamw") != "sgd" and given.get("momentum") == OLD_MOMENTUM:
        del given["momentum"]
    old = {new: given.pop(key) for new, key in (("epochs", "step_epochs"), ("factor", "step_factor")) if key in given}
    if old and given.get("schedule") == "step":
        given["schedule"] = {"name": "step", **old}
        yield "optimizer.schedule"
    elif old:
        given |= {f"step_{key}": value for key, value in old.items() if value != OLD_STEPS[key]}
