"""Config and data -> how long is trained, on which batches, and what is kept."""

from __future__ import annotations

from functools import partial

from gcnlabel.config import Config
from gcnlabel.data import AUGMENTATIONS, ArrayDataset, targets_to_tensors
from gcnlabel.run.data import RunData
from gcnlabel.training import BatchPlan, MultiTaskDataModule, Selection, Steps, rare_rows


def data_module(config: Config, data: RunData, *, first_epoch: int = 0) -> MultiTaskDataModule:
    """Return the loaders of a run: augmented where the config says so, with samples of rare labels added.

    Args:
        config: Config of the run.
        data: Its data.
        first_epoch: The epoch that training begins with, from 0.
    """
    in_loader = config.training.augment_on == "loader"
    transforms = {"train": AUGMENTATIONS.make(config.training.augment) if in_loader else None}
    datasets = {
        name: ArrayDataset(part.inputs, targets_to_tensors(part.annotations), transforms.get(name))
        for name, part in data.parts.items()
    }
    return MultiTaskDataModule(
        datasets,
        batch_plan(config),
        rare=partial(rare_rows, data.parts["train"].annotations),
        workers=config.training.workers,
        selection_split=config.select.split,
        first_epoch=first_epoch,
    )


def batch_plan(config: Config) -> BatchPlan:
    """Return how long a config trains, and on which batches."""
    settings = config.training
    return BatchPlan(
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=config.seed,
        rare_samples=settings.rare_samples,
        min_steps=settings.min_steps,
        patience=settings.patience,
    )


def steps(config: Config) -> Steps:
    """Return what a step of the optimizer is made of."""
    settings = config.training
    return Steps(clip=settings.clip, accumulate=settings.accumulate, average=settings.average)


def selection(config: Config) -> Selection:
    """Return what selects the epoch that a config keeps."""
    return Selection(**config.select.model_dump())


def check_selection(config: Config, data: RunData) -> None:
    """Check that the metric that selects the checkpoint exists on this data.

    Raises:
        InputError: It does not; the closest one is named.
    """
    selection(config).check(data.tasks, targets_to_tensors(data.parts[config.select.split].annotations))
