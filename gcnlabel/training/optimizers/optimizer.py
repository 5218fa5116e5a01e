"""Registry and settings of optimizers, and their groups of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt, PositiveFloat
from torch.optim import Optimizer

from gcnlabel.registry import Part, Registry
from gcnlabel.settings import Section
from gcnlabel.training.schedules import SCHEDULES

SIDES = ("backbone", "head")


class Side(Section):
    """Separate options of the backbone or the head.

    Attributes:
        lr: Learning rate; null for the common one. When the common one is tuned, this one changes in proportion.
        weight_decay: Weight decay; null for the common one.
        frozen_epochs: Number of first epochs in which it is frozen, including its batch norms.
    """

    lr: PositiveFloat | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None
    frozen_epochs: NonNegativeInt = 0


class OptimizerPart(Part):
    """Name and options of an optimizer and its learning-rate schedule.

    Attributes:
        lr: Learning rate that the schedule multiplies.
        weight_decay: Weight decay; not for learned weights of tasks.
        backbone: Separate options of the backbone.
        head: Separate options of the head.
        schedule: Schedule of the learning rate; see :mod:`gcnlabel.training.schedules`.
    """

    lr: PositiveFloat = 0.001
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    backbone: Side = Side()
    head: Side = Side()
    schedule: Annotated[Part, SCHEDULES] = Field(default_factory=partial(SCHEDULES.parse, "constant"))

    @property
    def sides(self) -> dict[str, dict[str, float]]:
        """``backbone`` or ``head`` -> its own ``factor`` of the learning rate and ``weight_decay``."""
        found = {side: getattr(self, side).model_dump(exclude_none=True, exclude={"frozen_epochs"}) for side in SIDES}
        for options in found.values():
            if "lr" in options:
                options["factor"] = options.pop("lr") / self.lr
        return found

    @property
    def frozen(self) -> dict[str, int]:
        """``backbone`` or ``head`` -> number of epochs in which it is frozen, if any."""
        return {side: epochs for side in SIDES if (epochs := getattr(self, side).frozen_epochs)}

    @property
    def alone(self) -> str | None:
        """The setting that prevents training several models at once, or None.

        That is an optimizer that is not elementwise, a schedule that follows a metric, or a frozen backbone or head.
        """
        answers = (OPTIMIZERS.resolve(self.name), SCHEDULES.resolve(self.schedule.name))
        found = {
            f"optimizer: {self.name}": not getattr(answers[0], "elementwise", False),
            f"optimizer.schedule: {self.schedule.name}": getattr(answers[1], "follows_metric", False),
            "optimizer.SIDE.frozen_epochs": bool(self.frozen),
        }
        return next((setting for setting, prevents in found.items() if prevents), None)


OPTIMIZERS = Registry("optimizer", "gcnlabel.training.optimizers", form=OptimizerPart, default="adamw", makes=Optimizer)
"""Functions ``(groups, lr, weight_decay, fused, *, options) -> Optimizer``, by name.

An optimizer is registered with ``elementwise=True`` if it updates each number independently.
"""


def make_optimizer(
    parameters: Iterable[Any], settings: OptimizerPart | Mapping[str, Any] | str, *, fused: bool | None = None
) -> Optimizer:
    """Build an optimizer from its settings.

    Args:
        parameters: Parameters or (name, parameter) pairs, or groups of them.
        settings: Name and options. A group's own learning rate or weight decay has priority.
        fused: Whether to update many small parameters in one kernel; None leaves the choice to PyTorch.

    Example:
        >>> import torch
        >>> named = [(name, torch.nn.Parameter(torch.ones(1))) for name in ("backbone.a", "head.b")]
        >>> optimizer = make_optimizer(named, {"name": "sgd", "lr": 0.5, "head": {"lr": 0.25}})
        >>> [(len(group["params"]), group["lr"]) for group in optimizer.param_groups]
        [(1, 0.5), (1, 0.25)]
    """
    part: OptimizerPart = OPTIMIZERS.checked(settings)
    given = list(parameters)
    groups = given if given and isinstance(given[0], dict) else [{"params": given}]
    groups = [each for group in groups for each in _by_side(group, part.lr, part.sides)]
    made: Optimizer = OPTIMIZERS.make(part, groups, part.lr, part.weight_decay, fused)
    return made


def _by_side(group: dict[str, Any], lr: float, sides: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Split a group into one of all other parameters, and one of each side that has its own options."""
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
