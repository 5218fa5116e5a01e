"""Optimizers and learning-rate schedules, counted in steps so that a resumed run goes on exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch.nn import Parameter
from torch.optim import SGD, AdamW, Optimizer


def make_optimizer(
    parameters: Iterable[Parameter] | Iterable[dict[str, Any]],
    name: str,
    lr: float,
    weight_decay: float,
    momentum: float,
    *,
    fused: bool | None = None,
) -> Optimizer:
    """Return SGD with momentum, or AdamW (which takes no momentum), for parameters or groups of them.

    ``fused``: update many small parameters in one kernel; None leaves the choice to PyTorch.
    """
    if name == "sgd":
        return SGD(parameters, lr=lr, momentum=momentum, weight_decay=weight_decay, fused=fused)
    return AdamW(parameters, lr=lr, weight_decay=weight_decay, fused=fused)


def groups_of_sides(
    parameters: Iterable[tuple[str, Parameter]], sides: Mapping[str, Mapping[str, float]]
) -> list[dict[str, Any]]:
    """Return parameters in groups: those of each side that has options of its own, and the others before them.

    Args:
        parameters: Parameters of a model, with names that begin with their side, e.g. ``backbone.``.
        sides: Side -> its options, e.g. ``lr``; none for those of all.

    Example:
        >>> from torch import ones
        >>> named = [("backbone.a", Parameter(ones(1))), ("head.b", Parameter(ones(1)))]
        >>> [(len(group["params"]), group.get("lr")) for group in groups_of_sides(named, {"head": {"lr": 0.1}})]
        [(1, None), (1, 0.1)]
    """
    groups: dict[str, dict[str, Any]] = {"": {"params": []}}
    groups |= {side: {"params": [], **options} for side, options in sides.items() if options}
    for name, parameter in parameters:
        side = name.partition(".")[0]
        groups[side if side in groups else ""]["params"].append(parameter)
    return [group for group in groups.values() if group["params"]]


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
