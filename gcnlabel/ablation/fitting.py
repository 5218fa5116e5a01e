"""Training many members at once, each with its own data, order and learning rate, and its own best moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gcnlabel.ablation.members import Members
from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.build import build_loss
from gcnlabel.run.data import RunData
from gcnlabel.training import draw_rows, make_optimizer, scarce_rows, schedule_factor

EVALUATIONS = 5
"""Moments, evenly spaced, at which a member may be best."""

Scores = Mapping[str, Tensor]
Measure = Callable[[Scores, Scores], float]


@dataclass
class Member:
    """One model to train.

    Attributes:
        model: Freshly drawn; has the weights of its best moment afterwards.
        data: What it is trained and selected on.
        rate: Its learning rate.
        seed: Seed of the order of the samples; the same for members that are to be compared.
        value: The measure on the val part at its best moment.
    """

    model: MultiTaskModel
    data: RunData
    rate: float
    seed: int
    value: float = float("-inf")


def fit(config: Config, members: Sequence[Member], steps: int, measure: Measure) -> None:
    """Train members side by side, and leave each with the weights that are best on the val part.

    Args:
        config: Loss, optimizer, schedule and size of the batches of them all.
        members: Models of one architecture; their training parts have the same number of samples.
        steps: Number of batches; the schedule spans them.
        measure: Maps scores and targets of the val part to what is to be highest.
    """
    torch.manual_seed(members[0].seed)  # dropout
    settings = config.optimizer
    options = settings.model_dump(include={"name", "lr", "weight_decay", "momentum"})
    stack = Members(
        [m.model for m in members], [m.rate for m in members], partial(make_optimizer, **options, fused=True)
    )
    factor = schedule_factor(settings.schedule, config.training.epochs, settings.step_epochs, settings.step_factor)
    loss = build_loss(config, members[0].data)
    batches = _Batches(config, members, steps)
    moments = {round(steps * (k + 1) / EVALUATIONS) - 1 for k in range(EVALUATIONS)}
    for step in range(steps):
        stack.step(*batches[step], loss, factor(step / steps * config.training.epochs))
        if step in moments:
            _select(stack, members, measure)
    for member in members:
        member.model.eval()


def scores(model: MultiTaskModel, inputs: Any, at_once: int = 1024) -> dict[str, Tensor]:
    """Return the scores of each task for all inputs [N, ...], of a model in evaluation mode."""
    with torch.no_grad():
        parts = [model(part) for part in torch.as_tensor(inputs).split(at_once)]
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


class _Batches:
    """Inputs and targets of every member for each step."""

    def __init__(self, config: Config, members: Sequence[Member], steps: int) -> None:
        parts = [member.data.parts["train"] for member in members]
        self.inputs = {id(part): torch.as_tensor(part.inputs) for part in parts}
        self.targets = {id(part): targets_to_tensors(part.annotations) for part in parts}
        self.keys = [id(part) for part in parts]
        scarce = {id(part): scarce_rows(part.annotations, config.training.batch_size) for part in parts}
        more = min(config.training.scarce_samples, *(len(rows) for rows in scarce.values()), len(parts[0].annotations))
        self.rows = []
        for member, key in zip(members, self.keys, strict=True):
            order = torch.Generator().manual_seed(member.seed)
            size = min(config.training.batch_size, len(self.inputs[key]))
            rows = draw_rows(len(self.inputs[key]), size, steps, order)
            if more:
                rows = torch.cat([rows, scarce[key][draw_rows(len(scarce[key]), more, steps, order)]], dim=1)
            self.rows.append(rows)

    def __getitem__(self, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        rows = [of_member[step] for of_member in self.rows]
        inputs = torch.stack([self.inputs[key][r] for key, r in zip(self.keys, rows, strict=True)])
        targets = [{k: t[r] for k, t in self.targets[key].items()} for key, r in zip(self.keys, rows, strict=True)]
        return inputs, {name: torch.stack([target[name] for target in targets]) for name in targets[0]}


def _select(stack: Members, members: Sequence[Member], measure: Measure) -> None:
    part = members[0].data.parts["val"]
    targets = targets_to_tensors(part.annotations)
    found = stack.scores(torch.as_tensor(part.inputs))
    for m, member in enumerate(members):
        value = measure({name: of_all[m] for name, of_all in found.items()}, targets)
        if value > member.value:
            member.value = value
            stack.copy_to(m, member.model)
