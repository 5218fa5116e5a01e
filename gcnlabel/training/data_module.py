"""The Lightning data module: one dataset a split, shuffled by seed and epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any

import lightning as L
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from gcnlabel.data import whole_batch


class EpochShuffle(Sampler[int]):
    """A permutation that depends on seed and epoch alone, so that a resumed run sees the same order.

    Starting an epoch also seeds torch's global generator and that of the loader's workers by seed and epoch: dropout
    and augmentation draw the same whether or not the run was stopped before.

    Args:
        size: Number of samples, N.
        seed: Seed of the run.

    Example:
        >>> sampler = EpochShuffle(4, seed=0)
        >>> sorted(sampler), list(sampler) == list(sampler)
        ([0, 1, 2, 3], True)
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.seed = seed
        self.workers = torch.Generator()
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; Lightning calls this before each."""
        self.epoch_seed = self.seed * 1_000_003 + epoch
        self.workers.manual_seed(self.epoch_seed)

    def __len__(self) -> int:
        """Return the number of samples."""
        return self.size

    def __iter__(self) -> Iterator[int]:
        """Iterate over the permutation of this epoch."""
        torch.manual_seed(self.epoch_seed)
        return iter(torch.randperm(self.size).tolist())


class MultiTaskDataModule(L.LightningDataModule):  # type: ignore[misc]
    """Loaders over the datasets of a run.

    Args:
        datasets: Split -> dataset of (input, {task: target}).
        batch_size: Samples in a batch, B.
        seed: Seed of the shuffling.
        workers: Processes that load.
        selection_split: Split that the checkpoint is selected on.
    """

    def __init__(
        self,
        datasets: Mapping[str, Dataset[Any]],
        batch_size: int,
        *,
        seed: int = 0,
        workers: int = 0,
        selection_split: str = "val",
    ) -> None:
        super().__init__()
        self.datasets = dict(datasets)
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers
        self.selection_split = selection_split

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled loader of the training split; a last batch of one sample is left out."""
        dataset = self.datasets["train"]
        size = len(dataset) if isinstance(dataset, Sized) else 0
        alone = size % self.batch_size == 1 and size > 1  # batch-norm and CCC need two
        sampler = EpochShuffle(size, self.seed)
        return self._loader("train", sampler=sampler, generator=sampler.workers, drop_last=alone)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the loader of the split that the checkpoint is selected on."""
        return self.loader(self.selection_split)

    def loader(self, split: str) -> DataLoader[Any]:
        """Return the loader of a split in its own order."""
        return self._loader(split)

    def _loader(self, split: str, **options: Any) -> DataLoader[Any]:
        dataset = self.datasets[split]
        return DataLoader(
            dataset,
            collate_fn=whole_batch if hasattr(dataset, "__getitems__") else None,
            batch_size=self.batch_size,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            **options,
        )
