"""Optimizers as parts of a config, and the groups of parameters that they are made from."""

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
    """What is done otherwise for one side of the model.

    Attributes:
        lr: Learning rate; null for that of all. Where that is tuned, this one stays in proportion.
        weight_decay: Weight decay; null for that of all.
        frozen_epochs: Epochs at the beginning in which this side is not trained, its batch norms included.
    """

    lr: PositiveFloat | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None
    frozen_epochs: NonNegativeInt = 0


class OptimizerPart(Part):
    """An optimizer and how its learning rate falls.

    Attributes:
        lr: Learning rate at the start.
        weight_decay: Weight decay; what a weighting learns has none.
        backbone: What is done otherwise for the backbone.
        head: What is done otherwise for the head.
        schedule: How the learning rate changes; see :mod:`gcnlabel.training.schedules`.
    """

    lr: PositiveFloat = 0.001
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    backbone: Side = Side()
    head: Side = Side()
    schedule: Annotated[Part, SCHEDULES] = Field(default_factory=partial(SCHEDULES.parse, "constant"))

    @property
    def sides(self) -> dict[str, dict[str, float]]:
        """Side of the model -> ``factor`` of the learning rate and ``weight_decay``, where they are its own."""
        found = {side: getattr(self, side).model_dump(exclude_none=True, exclude={"frozen_epochs"}) for side in SIDES}
        for options in found.values():
            if "lr" in options:
                options["factor"] = options.pop("lr") / self.lr
        return found

    @property
    def frozen(self) -> dict[str, int]:
        """Side of the model -> the epochs in which it is not trained, where there are any."""
        return {side: epochs for side in SIDES if (epochs := getattr(self, side).frozen_epochs)}

    @property
    def alone(self) -> str | None:
        """What asks for the training of one model alone, None where nothing does.

        That is an optimizer not known to treat each number by itself, a schedule that follows a metric, or a side that
        is frozen.
        """
        answers = (OPTIMIZERS.resolve(self.name), SCHEDULES.resolve(self.schedule.name))
        said = {
            f"optimizer: {self.name}": not getattr(answers[0], "elementwise", False),
            f"optimizer.schedule: {self.schedule.name}": getattr(answers[1], "follows_metric", False),
            "optimizer.SIDE.frozen_epochs": bool(self.frozen),
        }
        return next((what for what, is_so in said.items() if is_so), None)


OPTIMIZERS = Registry("optimizer", "gcnlabel.training.optimizers", form=OptimizerPart, default="adamw", makes=Optimizer)
"""Makes an optimizer: ``(groups, lr, weight_decay, fused, *, options)``; registered with ``elementwise=True`` if it
treats each number by itself."""


def make_optimizer(
    parameters: Iterable[Any], settings: OptimizerPart | Mapping[str, Any] | str, *, fused: bool | None = None
) -> Optimizer:
    """Return the optimizer that settings ask for.

    Args:
        parameters: Parameters, or groups of them; each alone, or with its name before it.
        settings: Name and options. Groups that bring a learning rate or weight decay keep it.
        fused: Update many small parameters in one kernel; None leaves the choice to PyTorch.

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
