"""Optimizers and learning-rate schedules, counted in steps so that a resumed run goes on exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch.optim import SGD, AdamW, Optimizer


def make_optimizer(
    parameters: Iterable[Any],
    name: str,
    lr: float,
    weight_decay: float,
    momentum: float,
    *,
    sides: Mapping[str, Mapping[str, float]] | None = None,
    fused: bool | None = None,
) -> Optimizer:
    """Return SGD with momentum, or AdamW (which takes no momentum).

    Args:
        parameters: Parameters, or groups of them; each alone, or with its name before it.
        name: ``sgd`` or ``adamw``.
        lr: Learning rate of groups that bring none.
        weight_decay: Weight decay of groups that bring none.
        momentum: Momentum of SGD.
        sides: Side of the model, as names begin -> ``factor`` of its learning rate, and ``weight_decay`` of its own.
        fused: Update many small parameters in one kernel; None leaves the choice to PyTorch.

    Example:
        >>> import torch
        >>> named = [(name, torch.nn.Parameter(torch.ones(1))) for name in ("backbone.a", "head.b")]
        >>> optimizer = make_optimizer(named, "sgd", 0.5, 0, 0, sides={"head": {"factor": 0.5}})
        >>> [(len(group["params"]), group["lr"]) for group in optimizer.param_groups]
        [(1, 0.5), (1, 0.25)]
    """
    given = list(parameters)
    groups = given if given and isinstance(given[0], dict) else [{"params": given}]
    groups = [each for group in groups for each in _by_side(group, lr, sides or {})]
    if name == "sgd":
        return SGD(groups, lr=lr, momentum=momentum, weight_decay=weight_decay, fused=fused)
    return AdamW(groups, lr=lr, weight_decay=weight_decay, fused=fused)


def _by_side(group: dict[str, Any], lr: float, sides: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Return a group as one of each side that has options of its own, behind one of the others."""
    rest: list[Any] = []
    own: dict[str, list[Any]] = {side: [] for side, options in sides.items() if options}
    for each in group["params"]:
        name, parameter = each if isinstance(each, tuple) else ("", each)
        own.get(name.partition(".")[0], rest).append(parameter)
    found = [{**group, "params": rest}]
    for side, parameters in own.items():
        options = dict(sides[side])
        rate = group.get("lr", lr) * options.pop("factor", 1.0)
        found.append({**group, **options, "lr": rate, "params": parameters})
    return [each for each in found if each["params"]] or [group]


def schedule_factor(name: str, epochs: int, step_epochs: int, step_factor: float) -> Callable[[float], float]:
    """Return the factor of the learning rate as a function of the epochs done, a fraction within an epoch.

    ``constant``: 1. ``cosine``: ``(1 + cos(pi t / epochs)) / 2``. ``step``: ``step_factor ** floor(t / step_epochs)``.

    Example:
        >>> schedule_factor("step", 30, 10, 0.1)(10.0)
        0.1
        >>> schedule_factor("cosine", 10, 10, 0.1)(5.0)
        0.5
    """
    if name == "cosine":
        return lambda t: round((1 + math.cos(math.pi * min(t / epochs, 1.0))) / 2, 12)
    if name == "step":
        return lambda t: step_factor ** math.floor(t / step_epochs)
    return lambda t: 1.0
