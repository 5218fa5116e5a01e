"""The Lightning data module: one dataset per split, shuffled by seed and epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any

import lightning as L
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gcnlabel.data import whole_batch
from gcnlabel.errors import InputError
from gcnlabel.training.plan import BatchPlan


class MultiTaskDataModule(L.LightningDataModule):  # type: ignore[misc]
    """Data loaders of a run.

    Args:
        datasets: Split -> dataset of (input, {task: target}).
        plan: Plan of the training batches; batches of other splits have its size, in order.
        rare: Function from the size of a batch of all processes to the training samples of rare labels, int64 [K],
            e.g. by :func:`gcnlabel.training.rare_rows`; or None.
        workers: Number of loading processes.
        selection_split: Split on which the checkpoint is selected.
        first_epoch: First epoch, from 0; workers load its first batches before Lightning sets the epoch.
    """

    def __init__(
        self,
        datasets: Mapping[str, Dataset[Any]],
        plan: BatchPlan,
        *,
        rare: Callable[[int], Tensor] | None = None,
        workers: int = 0,
        selection_split: str = "val",
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.datasets = dict(datasets)
        self.plan = plan
        self.rare = rare
        self.workers = workers
        self.selection_split = selection_split
        self.first_epoch = first_epoch

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled loader of the training split, of this process's share of each batch."""
        rare = None if self.rare is None else self.rare(self.plan.batch_size * self._processes)
        batches = self.plan.batches(self._size("train"), rare, self._rank, self._processes)
        batches.set_epoch(self.first_epoch)
        return self._loader("train", batch_sampler=batches)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the loader of this process's share of the split that the checkpoint is selected on."""
        size = self._size(self.selection_split)
        if size < self._processes:
            raise InputError(f"the {self.selection_split} split has {size} samples", expected="at least one per device")
        share = range(self._rank, size, self._processes)
        return self._loader(self.selection_split, sampler=share, batch_size=self.plan.batch_size)

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
