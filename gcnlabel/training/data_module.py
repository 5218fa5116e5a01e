"""The Lightning data module: one dataset a split, shuffled by seed and epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any

import lightning as L
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from gcnlabel.data import whole_batch
from gcnlabel.training.scarce import draw_rows


class EpochShuffle(Sampler[int]):
    """A permutation that depends on seed and epoch alone, so that a resumed run sees the same order.

    Starting an epoch also seeds torch's global generator and that of the loader's workers by seed and epoch: dropout
    and augmentation draw the same whether or not the run was stopped before.

    Args:
        size: Number of samples, N.
        seed: Seed of the run.
        rank: Which of several processes this is: they see the same order, and draw other dropout and augmentation.

    Example:
        >>> sampler = EpochShuffle(4, seed=0)
        >>> sorted(sampler), list(sampler) == list(sampler)
        ([0, 1, 2, 3], True)
    """

    def __init__(self, size: int, seed: int, rank: int = 0) -> None:
        self.size = size
        self.seed = seed
        self.rank = rank
        self.workers = torch.Generator()
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; Lightning calls this before each."""
        self.epoch_seed = self.seed * 1_000_003 + epoch
        self.workers.manual_seed(self.epoch_seed + self.rank * 2**40)

    def __len__(self) -> int:
        """Return the number of samples."""
        return self.size

    def __iter__(self) -> Iterator[int]:
        """Iterate over the permutation of this epoch."""
        torch.manual_seed(self.epoch_seed)
        order = torch.randperm(self.size).tolist()
        if self.rank:
            torch.manual_seed(self.epoch_seed + self.rank * 2**40)
        return iter(order)


class SharedBatches(Sampler[list[int]]):
    """The batches of one process of several: together they are the batches of one process, W times as large.

    Batch k of all processes holds samples k W B to (k + 1) W B of the permutation of the epoch; each process takes
    every W-th of them. What is left at the end is shared too, and left out where a process would have less than
    two samples beside others, or one alone: batch-norm and CCC need two.

    Args:
        sampler: Permutation of each epoch.
        batch_size: Samples of one process, B.
        rank: Which of the processes this is.
        processes: Their number, W.

    Example:
        >>> [list(SharedBatches(range(7), 2, rank, 2)) for rank in (0, 1)]
        [[[0, 2], [4, 6]], [[1, 3], [5]]]
    """

    def __init__(self, sampler: Any, batch_size: int, rank: int = 0, processes: int = 1) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        self.rank = rank
        self.processes = processes

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self._starts())

    def __iter__(self) -> Iterator[list[int]]:
        """Iterate over the batches of this process."""
        order = list(self.sampler)
        for start in self._starts():
            yield order[start : start + self.batch_size * self.processes][self.rank :: self.processes]

    def _starts(self) -> range:
        size, whole = len(self.sampler), self.batch_size * self.processes
        left = size % whole
        alone = 0 < left < max(self.processes, 2) and size > left
        return range(0, size - left if alone else size, whole)


class WithScarce(Sampler[list[int]]):
    """Batches with samples of scarce labels added, drawn anew in each epoch so that all of them come round.

    Of several processes, each takes every W-th of what is drawn for all.

    Args:
        batches: Batches of one process, shuffled by an :class:`EpochShuffle`.
        rows: Samples to draw from, int64 [K], at least one.
        count: Samples added to each batch, at most; all processes together add no sample twice.
    """

    def __init__(self, batches: SharedBatches, rows: Tensor, count: int) -> None:
        self.batches = batches
        self.sampler = batches.sampler  # whose epoch Lightning sets
        self.rows = rows
        self.count = min(count * batches.processes, len(rows))

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[list[int]]:
        """Iterate over the batches of this process."""
        rank, processes = self.batches.rank, self.batches.processes
        generator = torch.Generator().manual_seed(self.sampler.epoch_seed)
        drawn = self.rows[draw_rows(len(self.rows), self.count, len(self), generator)]
        for batch, more in zip(self.batches, drawn.tolist(), strict=True):
            yield batch + more[rank::processes]


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
    ) -> None:
        super().__init__()
        self.datasets = dict(datasets)
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers
        self.selection_split = selection_split
        self.scarce = scarce
        self.scarce_samples = scarce_samples

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled loader of the training split, of this process's share of each batch."""
        sampler = EpochShuffle(self._size("train"), self.seed, self._rank)
        batches: Any = SharedBatches(sampler, self.batch_size, self._rank, self._processes)
        rows = None if self.scarce is None else self.scarce(self.batch_size * self._processes)
        if rows is not None and len(rows) and self.scarce_samples:
            batches = WithScarce(batches, rows, self.scarce_samples)
        return self._loader("train", batch_sampler=batches, generator=sampler.workers)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the loader of this process's share of the split that the checkpoint is selected on."""
        share = range(self._rank, self._size(self.selection_split), self._processes)
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
