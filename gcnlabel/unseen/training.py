"""Small models that differ in their data and graph, trained side by side as their config says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gcnlabel.ablation.members import Members
from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.adjacency import MOST_DENSE
from gcnlabel.run.build import build_loss
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure
from gcnlabel.training import make_optimizer, schedule_factor

AT_ONCE = 16
"""Models that are trained together at most: what bounds the memory."""


def check_trainable(data: RunData) -> None:
    """Check that models of this data can be trained side by side.

    Raises:
        InputError: The inputs are no features, or the labels too many.
    """
    if data.parts["train"].inputs.ndim != 2:
        raise InputError("the inputs are images", expected="features: unseen labels are evaluated on frozen features")
    if data.tasks.num_labels > MOST_DENSE:
        raise InputError(f"{data.tasks.num_labels} labels", expected=f"at most {MOST_DENSE}")


def trained(
    config: Config, datas: Sequence[RunData], models: Sequence[MultiTaskModel], seed: int
) -> list[MultiTaskModel]:
    """Return the models, each trained on its own data, with the weights of its selected epoch.

    They see the same samples in the same order. The epoch is selected on the val part, by the config's metric.

    Args:
        config: Config of them all.
        datas: Data of each model: the same samples, and tasks of the same sizes.
        models: The models, of one architecture, freshly drawn.
        seed: Seed of the order and of dropout.
    """
    done: list[MultiTaskModel] = []
    for start in range(0, len(models), AT_ONCE):
        torch.manual_seed(seed)
        chunk = slice(start, start + AT_ONCE)
        done += _trained(config, datas[chunk], models[chunk], torch.Generator().manual_seed(seed))
    return done


def _trained(
    config: Config, datas: Sequence[RunData], models: Sequence[MultiTaskModel], order: torch.Generator
) -> list[MultiTaskModel]:
    settings, training = config.optimizer, config.training
    optimizer = partial(
        make_optimizer,
        name=settings.name,
        lr=settings.lr,
        weight_decay=settings.weight_decay,
        momentum=settings.momentum,
    )
    members = Members(models, [settings.lr] * len(models), optimizer)
    factor = schedule_factor(settings.schedule, training.epochs, settings.step_epochs, settings.step_factor)
    loss, selection = build_loss(config, datas[0]), _Selection(config, datas, members)
    inputs = torch.as_tensor(datas[0].parts["train"].inputs)
    targets = _stacked([targets_to_tensors(data.parts["train"].annotations) for data in datas])
    steps = -(-len(inputs) // training.batch_size)
    for epoch in range(training.epochs):
        shuffled = torch.randperm(len(inputs), generator=order)
        for step, rows in enumerate(shuffled.split(training.batch_size)):
            batch = {name: target[:, rows] for name, target in targets.items()}
            members.step(inputs[rows].expand(len(models), -1, -1), batch, loss, factor(epoch + step / steps))
        selection.look()
    return selection.best(models)


class _Selection:
    """Keeps for each member the parameters of the epoch that is best on the val part."""

    def __init__(self, config: Config, datas: Sequence[RunData], members: Members) -> None:
        self.config, self.datas, self.members = config, datas, members
        self.loss = build_loss(config, datas[0])
        self.inputs = torch.as_tensor(datas[0].parts["val"].inputs)
        self.targets = [targets_to_tensors(data.parts["val"].annotations) for data in datas]
        self.values = [float("-inf")] * len(datas)
        self.parameters: list[dict[str, Tensor]] = [{} for _ in datas]

    def look(self) -> None:
        scores = self.members.scores(self.inputs)
        for m in range(len(self.datas)):
            value = self._value({name: of_all[m] for name, of_all in scores.items()}, m)
            if value > self.values[m] or not self.parameters[m]:
                self.values[m] = value
                of_all = self.members.parameters
                self.parameters[m] = {name: parameter.detach()[m].clone() for name, parameter in of_all.items()}

    def _value(self, scores: Mapping[str, Tensor], m: int) -> float:
        select = self.config.select
        if select.metric == "loss":
            value = float(self.loss(scores, self.targets[m])[0])
        else:
            task, _, metric = select.metric.partition("/")
            value = float(measure(self.datas[m], scores, self.targets[m])[task][metric])
        return -value if select.mode == "min" else value

    def best(self, models: Sequence[MultiTaskModel]) -> list[MultiTaskModel]:
        for model, parameters in zip(models, self.parameters, strict=True):
            model.load_state_dict(parameters, strict=False)
        return [model.eval() for model in models]


def _stacked(targets: Sequence[Mapping[str, Tensor]]) -> dict[str, Any]:
    return {name: torch.stack([target[name] for target in targets]) for name in targets[0]}
