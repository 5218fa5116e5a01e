"""Models to train, their grouping into batched models, and their batches."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from gcnlabel.annotations import Annotations
from gcnlabel.data import ArrayDataset, SeededRows, targets_to_tensors
from gcnlabel.losses import MultiTaskLoss
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.adjacency import MAX_DENSE
from gcnlabel.training.pairs import concatenate
from gcnlabel.training.plan import BatchPlan, EpochBatches
from gcnlabel.training.rare import rare_rows

MAX_AT_ONCE = 32
"""Largest number of models on features that are trained together; models on images are trained one at a time."""

Augment = Callable[[Tensor], Tensor]
Batch = tuple[Tensor, dict[str, Tensor]]


class Samples(Protocol):
    """Inputs and annotations of the same samples, row by row."""

    @property
    def inputs(self) -> Any:
        """Features [N, D] or images [N, C, H, W]."""

    @property
    def annotations(self) -> Annotations:
        """Targets of the N samples."""


@dataclass(eq=False)
class Trial:
    """A model to train.

    Attributes:
        model: The initialised model; after training it has the weights of its selected epoch, in evaluation mode.
        loss: Its loss, with fixed weights of tasks.
        train: Training samples.
        held_out: Samples on which its epoch is selected.
        rate: Its learning rate.
        seed: Seed of the order of its samples.
        kind: Trials of the same kind have models of the same architecture, and are trained together.
        value: Value of the selection at the selected epoch, higher is better; -inf if it was never finite.
        epoch: The selected epoch, from 1; 0 if there is none.
        history: Value of the selection after each epoch.
    """

    model: MultiTaskModel
    loss: MultiTaskLoss
    train: Samples
    held_out: Samples
    rate: float
    seed: int = 0
    kind: Hashable = None
    value: float = field(default=float("-inf"), init=False)
    epoch: int = field(default=0, init=False)
    history: list[float] = field(default_factory=list, init=False)


@dataclass(frozen=True)
class Planned:
    """A trial with its dataset and batches, which trials of the same samples and seed share."""

    trial: Trial
    dataset: ArrayDataset
    batches: EpochBatches


def planned_trials(trials: Sequence[Trial], plan: BatchPlan, augment: Augment | None) -> list[Planned]:
    """Return each trial with its batches, by its own seed."""
    datasets: dict[int, ArrayDataset] = {}
    rare: dict[int, Tensor] = {}
    batches: dict[tuple[int, int], EpochBatches] = {}
    for trial in trials:
        part, key = trial.train, (id(trial.train), trial.seed)
        if id(part) not in datasets:
            datasets[id(part)] = ArrayDataset(part.inputs, targets_to_tensors(part.annotations), augment)
            rare[id(part)] = rare_rows(part.annotations, plan.batch_size)
        if key not in batches:
            batches[key] = replace(plan, seed=trial.seed).batches(len(part.annotations), rare[id(part)])
    return [Planned(t, datasets[id(t.train)], batches[id(t.train), t.seed]) for t in trials]


def groups_of(planned: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Yield groups of trials to train together.

    Shorter batches are padded, so that models with batch norm are grouped only with batches of equal size.
    """
    alike: dict[Hashable, list[Planned]] = {}
    for p in planned:
        trial, counts = p.trial, any(isinstance(module, _BatchNorm) for module in p.trial.model.modules())
        sizes = tuple((task.name, len(task)) for task in trial.model.head.tasks)
        key = (trial.kind, sizes, id(trial.held_out.inputs), p.batches.size, p.batches.count if counts else None)
        alike.setdefault(key, []).append(p)
    for group in alike.values():
        few = group[0].dataset.inputs.ndim == 2 and group[0].trial.model.head.tasks.num_labels <= MAX_DENSE
        at_once = MAX_AT_ONCE if few else 1
        yield from (group[start : start + at_once] for start in range(0, len(group), at_once))


def batches_of(group: Sequence[Planned], epoch: int) -> Iterator[tuple[Any, dict[str, Tensor]]]:
    """Yield the batches of an epoch, stacked over models; batches that models share are read once."""
    distinct = {id(p.batches): p for p in group}
    for p in distinct.values():
        p.batches.set_epoch(epoch)
    rows = {key: p.batches.rows(epoch) for key, p in distinct.items()}
    group[0].batches.seed_everything()
    for step in range(len(group[0].batches)):
        longest = max(len(of_all[step]) for of_all in rows.values())
        found = {key: _filled_up(_read(p, rows[key][step], step), longest) for key, p in distinct.items()}
        inputs, targets = zip(*(found[id(p.batches)] for p in group), strict=True)
        together = torch.stack(inputs) if isinstance(inputs[0], Tensor) else list(inputs)  # graphs: of one model
        yield together, {name: torch.stack([of[name] for of in targets]) for name in targets[0]}


def _read(planned: Planned, rows: Tensor, step: int) -> Batch:
    if planned.dataset.transform is None:
        return planned.dataset.__getitems__(rows)
    return planned.dataset.__getitems__(SeededRows(rows.tolist(), planned.batches.seed_of_batch(step)))


def _filled_up(batch: Batch, size: int) -> Batch:
    """Return a batch padded to a size by samples with missing targets, which no loss uses."""
    inputs, targets = batch
    if (more := size - len(next(iter(targets.values())))) == 0:
        return batch
    missing = {
        n: t.new_full((more, *t.shape[1:]), torch.nan if t.is_floating_point() else -1) for n, t in targets.items()
    }
    return torch.cat([inputs, inputs[:1].expand(more, -1)]), concatenate([targets, missing])
