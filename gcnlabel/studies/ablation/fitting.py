"""Training many members at once, each with its own data, order and learning rate, and its own best moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import ArrayDataset, targets_to_tensors
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.build import build_loss
from gcnlabel.run.data import Part, RunData
from gcnlabel.studies.ablation.members import Members
from gcnlabel.training import draw_rows, make_optimizer, scarce_rows, schedule_factor

EVALUATIONS = 5
"""Moments, evenly spaced, at which a member may be best."""

FEATURE_ROWS, IMAGE_ROWS = 1024, 64
"""Samples that are scored together: what bounds the memory."""

Scores = Mapping[str, Tensor]
Measure = Callable[[RunData, Scores, Scores], float]


@dataclass
class Member:
    """One model to train.

    Attributes:
        model: Freshly drawn; has the weights of its best moment afterwards.
        data: What it is trained and selected on.
        rate: Its learning rate.
        seed: Seed of the order of the samples; the same for members that are to be compared.
        value: The measure on the val part at its best moment; -inf where it never had one, as after diverging.
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
        measure: Maps data, scores and targets of its val part to what is to be highest.
    """
    torch.default_generator.manual_seed(members[0].seed)  # dropout
    moments = {round(steps * (k + 1) / EVALUATIONS) - 1 for k in range(EVALUATIONS)}
    descend(config, members, drawn_rows(config, members, steps), moments, measure)


def descend(
    config: Config,
    members: Sequence[Member],
    rows: Sequence[Sequence[Tensor]],
    moments: Collection[int],
    measure: Measure,
) -> None:
    """Train members on given batches, and leave each with the weights that are best on its val part.

    Args:
        config: Loss, optimizer and schedule, which spans the batches.
        members: Models of one architecture; the inputs of their val parts are the same.
        rows: For each member, the samples of each batch.
        moments: Batches after which a member may be best.
        measure: Maps data, scores and targets of its val part to what is to be highest.
    """
    options = config.optimizer.model_dump(include={"name", "lr", "weight_decay", "momentum"})
    stack = Members(
        [m.model for m in members],
        [build_loss(config, m.data) for m in members],
        [m.rate for m in members],
        partial(make_optimizer, **options, fused=True),
    )
    settings, epochs, steps = config.optimizer, config.training.epochs, len(rows[0])
    factor = schedule_factor(settings.schedule, epochs, settings.step_epochs, settings.step_factor)
    training = _datasets([member.data.parts["train"] for member in members])
    for step, of_members in enumerate(zip(*rows, strict=True)):
        stack.step(*_batch(training, of_members), factor(step / steps * epochs))
        if step in moments:
            _select(stack, members, measure)
    for member in members:
        member.model.eval()


def drawn_rows(config: Config, members: Sequence[Member], steps: int) -> list[tuple[Tensor, ...]]:
    """Return for each member the samples of each batch, int64 [B], by its seed, with those of scarce labels.

    B is the same for all; a member with fewer scarce samples than the config asks for bounds those of all.
    """
    settings = config.training
    parts = [member.data.parts["train"] for member in members]
    scarce = {id(part): scarce_rows(part.annotations, settings.batch_size) for part in parts}
    more = min(settings.scarce_samples, *map(len, scarce.values()))
    drawn: dict[tuple[int, int], tuple[Tensor, ...]] = {}  # members of the same samples and seed share them
    for member, part in zip(members, parts, strict=True):
        if (id(part), member.seed) not in drawn:
            order, size, rare = torch.Generator().manual_seed(member.seed), len(part.annotations), scarce[id(part)]
            rows = draw_rows(size, min(settings.batch_size, size), steps, order)
            rows = torch.cat([rows, rare[draw_rows(len(rare), more, steps, order)]], dim=1) if more else rows
            drawn[id(part), member.seed] = rows.unbind()
    return [drawn[id(part), member.seed] for member, part in zip(members, parts, strict=True)]


def scores(model: MultiTaskModel, inputs: Any) -> dict[str, Tensor]:
    """Return the scores of each task for all inputs [N, ...], of a model in evaluation mode."""
    with torch.no_grad():
        return _in_chunks(model, inputs, dim=0)


def _in_chunks(network: Callable[[Tensor], Scores], inputs: Any, dim: int) -> dict[str, Tensor]:
    """Return the scores of a few samples after another, put together along a dimension."""
    at_once = FEATURE_ROWS if inputs.ndim == 2 else IMAGE_ROWS
    chunks = [slice(start, start + at_once) for start in range(0, len(inputs), at_once)]
    parts = [network(torch.as_tensor(inputs[chunk])) for chunk in chunks]
    return {name: torch.cat([part[name] for part in parts], dim) for name in parts[0]}


def _datasets(parts: Sequence[Part]) -> list[ArrayDataset]:
    """Return the samples of each part; members of one part share them."""
    each = {id(part): part for part in parts}
    made = {key: ArrayDataset(part.inputs, targets_to_tensors(part.annotations)) for key, part in each.items()}
    return [made[id(part)] for part in parts]


def _batch(datasets: Sequence[ArrayDataset], rows: Sequence[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the batches of all members; what several members have in common is looked up once."""
    asked = {(id(d), id(r)): (d, r) for d, r in zip(datasets, rows, strict=True)}
    read = {key: dataset.__getitems__(of_member) for key, (dataset, of_member) in asked.items()}
    inputs, targets = zip(*(read[id(d), id(r)] for d, r in zip(datasets, rows, strict=True)), strict=True)
    return torch.stack(inputs), {name: torch.stack([target[name] for target in targets]) for name in targets[0]}


def _select(stack: Members, members: Sequence[Member], measure: Measure) -> None:
    found = _in_chunks(stack.scores, members[0].data.parts["val"].inputs, dim=1)
    for m, (member, part) in enumerate(zip(members, _datasets([m.data.parts["val"] for m in members]), strict=True)):
        of_member = {name: of_all[m] for name, of_all in found.items()}
        if not all(values.isfinite().all() for values in of_member.values()):
            continue  # it diverged; metrics of ranks would still be numbers
        value = measure(member.data, of_member, part.targets)
        if value > member.value:
            member.value = value
            stack.copy_to(m, member.model)
