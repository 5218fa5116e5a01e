"""Build loaders, batch plan and selection from config and data."""

from __future__ import annotations

from functools import partial

from gcnlabel.config import Config
from gcnlabel.data import AUGMENTATIONS, ArrayDataset, targets_to_tensors
from gcnlabel.run.data import RunData
from gcnlabel.training import BatchPlan, MultiTaskDataModule, Selection, Steps, rare_rows


def data_module(config: Config, data: RunData, *, first_epoch: int = 0) -> MultiTaskDataModule:
    """Return the loaders of a run, with augmentation as configured and oversampling of rare labels.

    Args:
        config: Config of the run.
        data: Its data.
        first_epoch: First epoch of the training, from 0.
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
    """Return the plan of epochs and batches of a config."""
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
    """Return the options of optimizer steps of a config."""
    settings = config.training
    return Steps(clip=settings.clip, accumulate=settings.accumulate, average=settings.average)


def selection(config: Config) -> Selection:
    """Return the selection of the epoch of a config."""
    return Selection(**config.select.model_dump())


def check_selection(config: Config, data: RunData) -> None:
    """Check that the metric that selects the checkpoint exists for the data.

    Raises:
        InputError: It does not; the message names the closest one.
    """
    selection(config).check(data.tasks, targets_to_tensors(data.parts[config.select.split].annotations))
