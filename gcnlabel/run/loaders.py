"""Config and data -> what loads the batches."""

from __future__ import annotations

from functools import partial

from gcnlabel.config import Config
from gcnlabel.data import AUGMENTATIONS, ArrayDataset, targets_to_tensors
from gcnlabel.run.data import RunData
from gcnlabel.training import MultiTaskDataModule, scarce_rows


def data_module(config: Config, data: RunData, *, first_epoch: int = 0) -> MultiTaskDataModule:
    """Return the loaders of a run: augmented where the config says so, with samples of scarce labels added.

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
        config.training.batch_size,
        seed=config.seed,
        workers=config.training.workers,
        selection_split=config.select.split,
        scarce=partial(scarce_rows, data.parts["train"].annotations),
        scarce_samples=config.training.scarce_samples,
        first_epoch=first_epoch,
    )
