"""Small models that differ in their data and graph, trained side by side as their config says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gcnlabel.ablation.fitting import Member, descend
from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.adjacency import MOST_DENSE
from gcnlabel.run.build import build_loss
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure

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
    pairs = zip(models, datas, strict=True)
    members = [Member(model, data, config.optimizer.lr, seed) for model, data in pairs]
    size, epochs = len(datas[0].parts["train"].annotations), config.training.epochs
    for start in range(0, len(members), AT_ONCE):
        torch.manual_seed(seed)
        chunk, order = members[start : start + AT_ONCE], torch.Generator().manual_seed(seed)
        orders = [torch.randperm(size, generator=order) for _ in range(epochs)]
        rows = [batch for of_epoch in orders for batch in of_epoch.split(config.training.batch_size)]
        ends = range(len(rows) // epochs - 1, len(rows), len(rows) // epochs)
        descend(config, chunk, [rows] * len(chunk), ends, lambda *of_val: _value(config, *of_val))
    return [member.model for member in members]


def _value(config: Config, data: RunData, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    """Return what selects the epoch, the higher the better."""
    select = config.select
    if select.metric == "loss":
        value = float(build_loss(config, data)(scores, targets)[0])
    else:
        task, _, metric = select.metric.partition("/")
        value = float(measure(data, scores, targets)[task][metric])
    return -value if select.mode == "min" else value
