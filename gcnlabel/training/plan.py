"""How long is trained and which samples stand in each batch: one rule for every engine."""

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
    """How long is trained, and in what portions.

    After each epoch the model is measured, see :class:`gcnlabel.training.Selection`. An epoch goes over all samples
    once, unless that would be too few or too many batches.

    Attributes:
        epochs: Number of epochs.
        batch_size: Samples in a batch of one process, B.
        seed: Of the order of the samples, and of what is drawn in training.
        rare_samples: Samples added to each batch at most, of those that annotate a label so rare that a batch would
            hold few of it; see :func:`gcnlabel.training.rare_rows`.
        min_steps: Batches of the whole training, at least: an epoch goes over few samples several times.
        max_steps: Batches of the whole training, about, at most: an epoch goes over some of many samples. None for no
            bound.
        patience: Epochs without an improvement after which training ends; None for never.

    Example:
        >>> plan = BatchPlan(epochs=10, batch_size=2, min_steps=40)  # 4 batches an epoch: twice over 4 samples
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
            rare: Those that annotate a rare label, int64 [K].
            rank: Which of several processes takes them.
            processes: Their number, W.
        """
        return EpochBatches(self, size, rare, rank, processes)


class EpochBatches(Sampler[list[int]]):
    """The batches of each epoch, of one process or of one of several; see :meth:`BatchPlan.batches`.

    Samples are permuted by seed and epoch alone, so that a resumed run sees the same order. Batch k of all processes
    holds samples k W B to (k + 1) W B of the permutation; each process takes every W-th of them. What is left at the
    end is a batch too, and left out where a process would have less than two samples beside others, or one alone:
    batch norm and CCC need two. Samples of rare labels are drawn anew in each epoch, and all of them come round.

    Iterating seeds torch's global generator by seed and epoch: dropout draws the same whether or not a run was stopped
    before. Each batch brings the seed of what is drawn for it, so that augmentation depends on seed, epoch and batch
    alone, and not on who loads it.
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
        """Itself, whose epoch Lightning sets."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, from 0; Lightning calls this before each."""
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
        """Seed torch's global generator for what the epoch draws beside its order; processes draw apart."""
        seed = self._seed_of(self.epoch)
        self._orders(torch.random.manual_seed(seed))
        if self.rank:
            torch.random.manual_seed(seed + self.rank * 2**40)

    def seed_of_batch(self, index: int) -> int:
        """Return the seed of what is drawn for a batch of this process."""
        entropy = [self.plan.seed, self.epoch, self.rank, index]
        return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0])

    def samples_of_all(self, index: int) -> int:
        """Return how many samples a batch of all processes has together."""
        start = self._starts[index % len(self._starts)]
        return min(self._whole, self.size - start) + self.count

    def _seed_of(self, epoch: int) -> int:
        return self.plan.seed * 1_000_003 + epoch

    def _orders(self, generator: torch.Generator) -> list[Tensor]:
        """Return the permutations that an epoch goes through, one after another."""
        passes = -(-len(self) // max(len(self._starts), 1))
        return [torch.randperm(self.size, generator=generator) for _ in range(passes)]
