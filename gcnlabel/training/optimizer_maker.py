"""Checks of a user-defined function that makes an optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.optim import Optimizer

from gcnlabel.errors import InputError

Maker = Callable[[list[dict[str, Any]]], Optimizer]


def check_maker(given: Maker) -> Maker:
    """Return the function that makes an optimizer.

    Raises:
        InputError: It is not a function.
    """
    if not callable(given):
        what, fix = f"optimizer is a {type(given).__name__}", "lambda groups: torch.optim.AdamW(groups, lr=0.01)"
        raise InputError(what, expected="a function of groups of parameters that returns one", fix=fix)
    return given


def make_checked(maker: Maker, groups: list[dict[str, Any]]) -> Optimizer:
    """Return the optimizer of groups of parameters.

    Raises:
        InputError: The function returns something else, such as an optimizer with a scheduler.
    """
    optimizer = maker(groups)
    if not isinstance(optimizer, Optimizer):
        what = f"optimizer(groups) returned a {type(optimizer).__name__}"
        fix = "schedule=, a function of the epochs done, changes the learning rate"
        raise InputError(what, expected="a torch.optim.Optimizer", fix=fix)
    return optimizer
