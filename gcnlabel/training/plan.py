"""Plan of a training: number of epochs, and the samples of each batch, for every engine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler

from gcnlabel.data import SeededRows
from gcnlabel.training.rare import draw_rows


@dataclass(frozen=True)
class BatchPlan:
    """Number of epochs and batches of a training.

    The model is evaluated after each epoch, see :class:`gcnlabel.training.Selection`. An epoch is one pass over all
    samples, unless ``min_steps`` or ``max_steps`` require more or fewer batches.

    Attributes:
        epochs: Number of epochs.
        batch_size: Samples in a batch of one process, B.
        seed: Seed of the order of the samples, and of random numbers in training.
        rare_samples: Largest number of samples of rarely annotated labels that are added to each batch; see
            :func:`gcnlabel.training.rare_rows`.
        min_steps: Minimum number of batches of the whole training: with few samples, an epoch is several passes.
        max_steps: Largest number of batches of the whole training, approximately: with many samples, an epoch is part
            of a pass. None for no bound.
        patience: Epochs without an improvement after which training ends; None for no early stopping.

    Example:
        >>> plan = BatchPlan(epochs=10, batch_size=2, min_steps=40)  # 4 batches per epoch: two passes over 4 samples
        >>> [rows.tolist() for rows in plan.batches(4).rows(epoch=0)]
        [[0, 1], [3, 2], [0, 2], [3, 1]]
    """

    epochs: int
    batch_size: int
    seed: int = 0
    rare_samples: int = 0
    min_steps: int = 0
    max_steps: int | None = None
    patience: int | None = None

    def batches(self, size: int, rare: Tensor | None = None, rank: int = 0, processes: int = 1) -> EpochBatches:
        """Return the batches of some samples.

        Args:
            size: Number of samples, N.
            rare: Samples that annotate a rare label, int64 [K].
            rank: Index of the process.
            processes: Number of processes, W.
        """
        return EpochBatches(self, size, rare, rank, processes)


class EpochBatches(Sampler[list[int]]):
    """Sampler of the batches of each epoch, for one of several processes; see :meth:`BatchPlan.batches`.

    The permutation of samples depends only on seed and epoch, so that a resumed run has the same order. Batch k of all
    processes holds samples k W B to (k + 1) W B of the permutation; each process takes every W-th of them. The last,
    smaller batch is left out if it has fewer samples than processes, or only one: batch norm and CCC need two. Samples
    of rare labels are drawn without replacement in each epoch, until all have been used.

    Iterating seeds torch's global generator by seed and epoch, so that dropout is the same in a resumed run. Each batch
    has its own seed, so that augmentation depends only on seed, epoch and batch, not on the loading process.
    """

    def __init__(self, plan: BatchPlan, size: int, rare: Tensor | None, rank: int, processes: int) -> None:
        self.plan = plan
        self.size = size
        self.rank = rank
        self.processes = processes
        self.rare = torch.empty(0, dtype=torch.int64) if rare is None else rare
        self.count = min(plan.rare_samples * processes, len(self.rare))
        self._whole = plan.batch_size * processes
        left = size % self._whole
        alone = 0 < left < max(processes, 2) and size > left
        self._starts = range(0, size - left if alone else size, self._whole)
        self.set_epoch(0)

    @property
    def sampler(self) -> EpochBatches:
        """The sampler itself; Lightning sets the epoch of this attribute."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, from 0; Lightning calls this before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        most = math.inf if self.plan.max_steps is None else -(-self.plan.max_steps // self.plan.epochs)
        return int(min(max(len(self._starts), -(-self.plan.min_steps // self.plan.epochs)), most))

    def __iter__(self) -> Iterator[SeededRows]:
        """Iterate over the batches of the epoch, for this process."""
        self.seed_everything()
        for index, rows in enumerate(self.rows(self.epoch)):
            yield SeededRows(rows.tolist(), self.seed_of_batch(index))

    def rows(self, epoch: int) -> list[Tensor]:
        """Return the samples of each batch of an epoch, for this process, int64 [B] each."""
        orders = self._orders(torch.Generator().manual_seed(self._seed_of(epoch)))
        whole = (order[start : start + self._whole] for order in orders for start in self._starts)
        batches = list(itertools.islice(whole, len(self)))
        if self.count:
            again = torch.Generator().manual_seed(self._seed_of(epoch))
            drawn = self.rare[draw_rows(len(self.rare), self.count, len(self), again)]
            pairs = zip(batches, drawn, strict=True)
            return [torch.cat([of[self.rank :: self.processes] for of in pair]) for pair in pairs]
        return [batch[self.rank :: self.processes] for batch in batches]

    def seed_everything(self) -> None:
        """Seed torch's global generator for the epoch; processes get different seeds."""
        seed = self._seed_of(self.epoch)
        self._orders(torch.random.manual_seed(seed))
        if self.rank:
            torch.random.manual_seed(seed + self.rank * 2**40)

    def seed_of_batch(self, index: int) -> int:
        """Return the seed of the augmentation of a batch of this process."""
        entropy = [self.plan.seed, self.epoch, self.rank, index]
        return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0])

    def samples_of_all(self, index: int) -> int:
        """Return the number of samples in a batch of all processes."""
        start = self._starts[index % len(self._starts)]
        return min(self._whole, self.size - start) + self.count

    def _seed_of(self, epoch: int) -> int:
        return self.plan.seed * 1_000_003 + epoch

    def _orders(self, generator: torch.Generator) -> list[Tensor]:
        """Return the permutations of the passes of an epoch."""
        passes = -(-len(self) // max(len(self._starts), 1))
        return [torch.randperm(self.size, generator=generator) for _ in range(passes)]
