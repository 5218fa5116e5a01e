"""The Lightning data module: one dataset a split, shuffled by seed and epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any

import lightning as L
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gcnlabel.data import whole_batch
from gcnlabel.errors import InputError
from gcnlabel.training.batches import EpochShuffle, SharedBatches, WithScarce


class MultiTaskDataModule(L.LightningDataModule):  # type: ignore[misc]
    """Loaders over the datasets of a run.

    Args:
        datasets: Split -> dataset of (input, {task: target}).
        batch_size: Samples in a batch of one process, B.
        seed: Seed of the shuffling.
        workers: Processes that load.
        selection_split: Split that the checkpoint is selected on.
        scarce: Maps the size of a batch of all processes to the training samples of labels that are scarce in it,
            int64 [K].
        scarce_samples: How many of them are added to each batch of a process.
        first_epoch: The epoch that training begins with, from 0: workers load its first batches before anything else
            could tell them.
    """

    def __init__(
        self,
        datasets: Mapping[str, Dataset[Any]],
        batch_size: int,
        *,
        seed: int = 0,
        workers: int = 0,
        selection_split: str = "val",
        scarce: Callable[[int], Tensor] | None = None,
        scarce_samples: int = 0,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.datasets = dict(datasets)
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers
        self.selection_split = selection_split
        self.scarce = scarce
        self.scarce_samples = scarce_samples
        self.first_epoch = first_epoch

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled loader of the training split, of this process's share of each batch."""
        sampler = EpochShuffle(self._size("train"), self.seed, self._rank)
        sampler.set_epoch(self.first_epoch)
        batches: Any = SharedBatches(sampler, self.batch_size, self._rank, self._processes)
        rows = None if self.scarce is None else self.scarce(self.batch_size * self._processes)
        if rows is not None and len(rows) and self.scarce_samples:
            batches = WithScarce(batches, rows, self.scarce_samples)
        return self._loader("train", batch_sampler=batches)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the loader of this process's share of the split that the checkpoint is selected on."""
        size = self._size(self.selection_split)
        if size < self._processes:
            raise InputError(f"the {self.selection_split} part has {size} samples", expected="one a device, at least")
        share = range(self._rank, size, self._processes)
        return self._loader(self.selection_split, sampler=share, batch_size=self.batch_size)

    @property
    def _rank(self) -> int:
        return 0 if self.trainer is None else int(self.trainer.global_rank)

    @property
    def _processes(self) -> int:
        return 1 if self.trainer is None else int(self.trainer.world_size)

    def _size(self, split: str) -> int:
        dataset = self.datasets[split]
        return len(dataset) if isinstance(dataset, Sized) else 0

    def _loader(self, split: str, **options: Any) -> DataLoader[Any]:
        dataset = self.datasets[split]
        return DataLoader(
            dataset,
            collate_fn=whole_batch if hasattr(dataset, "__getitems__") else None,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            pin_memory=torch.cuda.is_available(),
            **options,
        )
