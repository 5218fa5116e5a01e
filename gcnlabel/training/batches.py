"""Which samples stand in the batches of an epoch, in one process or in each of several."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler

from gcnlabel.data import SeededRows
from gcnlabel.training.scarce import draw_rows


class EpochShuffle(Sampler[int]):
    """A permutation that depends on seed and epoch alone, so that a resumed run sees the same order.

    Starting an epoch also seeds torch's global generator by seed and epoch: dropout draws the same whether or not the
    run was stopped before.

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
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; Lightning calls this before each."""
        self.epoch = epoch
        self.epoch_seed = self.seed * 1_000_003 + epoch

    def seed_of_batch(self, index: int) -> int:
        """Return the seed of what is drawn for a batch of this process."""
        return int(np.random.SeedSequence([self.seed, self.epoch, self.rank, index]).generate_state(1, np.uint64)[0])

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
    two samples beside others, or one alone: batch-norm and CCC need two. Each batch brings the seed of what is drawn
    for it, so that augmentation depends on seed, epoch and batch alone, and not on who loads it.

    Args:
        sampler: Permutation of each epoch.
        batch_size: Samples of one process, B.
        rank: Which of the processes this is.
        processes: Their number, W.

    Example:
        >>> batches = SharedBatches(EpochShuffle(7, seed=0), 2, rank=0, processes=2)
        >>> [len(batch) for batch in batches], [batches.samples_of_all(k) for k in range(2)]
        ([2, 2], [4, 3])
    """

    def __init__(self, sampler: EpochShuffle, batch_size: int, rank: int = 0, processes: int = 1) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        self.rank = rank
        self.processes = processes

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self._starts())

    def __iter__(self) -> Iterator[SeededRows]:
        """Iterate over the batches of this process."""
        order = list(self.sampler)
        for index, start in enumerate(self._starts()):
            rows = order[start : start + self.batch_size * self.processes][self.rank :: self.processes]
            yield SeededRows(rows, self.sampler.seed_of_batch(index))

    def _starts(self) -> range:
        size, whole = len(self.sampler), self.batch_size * self.processes
        left = size % whole
        alone = 0 < left < max(self.processes, 2) and size > left
        return range(0, size - left if alone else size, whole)

    def samples_of_all(self, index: int) -> int:
        """Return how many samples a batch of all processes has together."""
        whole = self.batch_size * self.processes
        return min(whole, len(self.sampler) - index * whole)


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

    def __iter__(self) -> Iterator[SeededRows]:
        """Iterate over the batches of this process."""
        rank, processes = self.batches.rank, self.batches.processes
        generator = torch.Generator().manual_seed(self.sampler.epoch_seed)
        drawn = self.rows[draw_rows(len(self.rows), self.count, len(self), generator)]
        for batch, more in zip(self.batches, drawn.tolist(), strict=True):
            yield SeededRows([*batch, *more[rank::processes]], batch.seed)

    def samples_of_all(self, index: int) -> int:
        """Return how many samples a batch of all processes has together."""
        return self.batches.samples_of_all(index) + self.count
