"""Small models that differ in their data and graph, trained side by side as their config says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.adjacency import MOST_DENSE
from gcnlabel.run.build import build_loss
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure
from gcnlabel.run.loaders import data_module
from gcnlabel.studies.ablation.fitting import Member, descend

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


def check_recipe(config: Config) -> None:
    """Check that a config says nothing that ``gcnlabel train`` follows and models side by side do not.

    Raises:
        InputError: It does.
    """
    if config.select.split != "val":
        raise InputError(
            f"select.split: {config.select.split}",
            expected="val: the test split is what unseen labels are measured on",
            fix="--set select.split=val",
        )
    if config.training.precision != "32-true":
        raise InputError(
            f"training.precision: {config.training.precision}",
            expected="32-true: models are trained side by side, in float32",
            fix="--set training.precision=32-true",
        )


def trained(
    config: Config, datas: Sequence[RunData], models: Sequence[MultiTaskModel], seed: int
) -> list[MultiTaskModel]:
    """Return the models, each trained on its own data, with the weights of its selected epoch.

    Each sees the batches that ``gcnlabel train`` would show it. The epoch is selected on the val split, by the
    config's metric.

    Args:
        config: Config of them all.
        datas: Data of each model: the same samples, and tasks of the same sizes.
        models: The models, of one architecture, freshly drawn.
        seed: Seed of the order and of dropout.

    Raises:
        InputError: A model had no epoch in which the metric was finite.
    """
    pairs = zip(models, datas, strict=True)
    members = [Member(model, data, config.optimizer.lr, seed) for model, data in pairs]
    rows = [batches(config, data, seed) for data in datas]
    for alike in _of_one_size(rows):
        torch.manual_seed(seed)  # dropout
        a_epoch = len(rows[alike[0]]) // config.training.epochs
        ends = range(a_epoch - 1, len(rows[alike[0]]), a_epoch)
        measure = partial(_value, config)
        descend(config, [members[m] for m in alike], [rows[m] for m in alike], ends, measure)
    if not all(math.isfinite(member.value) for member in members):
        raise InputError(
            f"select.metric: {config.select.metric} was never finite on the val split",
            fix="a smaller optimizer.lr; features that are scaled (standardize: true); select.metric: loss",
        )
    return [member.model for member in members]


def batches(config: Config, data: RunData, seed: int) -> list[Tensor]:
    """Return the samples of every batch of all epochs, int64 [B] each: those of ``gcnlabel train`` with this seed."""
    drawn: Any = data_module(config.model_copy(update={"seed": seed}), data).train_dataloader().batch_sampler
    found = []
    for epoch in range(config.training.epochs):
        drawn.sampler.set_epoch(epoch)
        found += [torch.tensor(batch) for batch in drawn]
    return found


def _of_one_size(rows: Sequence[Sequence[Tensor]]) -> Iterator[list[int]]:
    """Yield the models that can be trained together: a few, whose batches have the same numbers of samples."""
    sizes = [len(of_model[0]) for of_model in rows]
    for size in sorted(set(sizes)):
        alike = [m for m, found in enumerate(sizes) if found == size]
        yield from (alike[start : start + AT_ONCE] for start in range(0, len(alike), AT_ONCE))


def _value(config: Config, data: RunData, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    """Return what selects the epoch, the higher the better."""
    select = config.select
    if select.metric == "loss":
        value = float(build_loss(config, data)(scores, targets)[0])
    else:
        task, _, metric = select.metric.partition("/")
        value = float(measure(data, scores, targets)[task][metric])
    return -value if select.mode == "min" else value
