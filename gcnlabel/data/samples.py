"""Annotations and inputs as a torch dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch.utils.data import Dataset

from gcnlabel.annotations import Annotations
from gcnlabel.data.on_demand import OnDemand, as_batch

Sample = tuple[Tensor, dict[str, Tensor]]


class SeededRows(list[int]):
    """The row indices of a batch, with a seed for its augmentation that is the same in every loader process.

    Args:
        rows: Row indices.
        seed: Seed.
    """

    def __init__(self, rows: Iterable[int], seed: int) -> None:
        super().__init__(rows)
        self.seed = seed

    def __reduce__(self) -> tuple[type[SeededRows], tuple[list[int], int]]:
        """Return constructor and arguments, for pickling."""
        return SeededRows, (list(self), self.seed)


class ArrayDataset(Dataset[Sample]):
    """Dataset of inputs, in memory or on demand, with the targets of every task.

    Args:
        inputs: Features [N, D] or images [N, C, H, W]; :class:`OnDemand` inputs (images on disk, graphs) are loaded
            batch by batch.
        targets: Task name -> targets, one row per sample.
        transform: Transform of batches [B, ...], e.g. a :class:`~gcnlabel.data.BatchAugmentation`; torch's generator is
            seeded for it if the indices are :class:`SeededRows`.
    """

    def __init__(
        self, inputs: Any, targets: Mapping[str, Tensor], transform: Callable[[Tensor], Tensor] | None = None
    ) -> None:
        self.inputs = inputs if isinstance(inputs, OnDemand) else torch.as_tensor(np.ascontiguousarray(inputs))
        self.targets = dict(targets)
        self.transform = transform

    def __len__(self) -> int:
        """Return the number of samples, N."""
        return len(self.inputs)

    def __getitem__(self, row: int) -> Sample:
        """Return a sample: its input and a dict of its targets."""
        sample = as_batch(self.inputs[row])
        targets = {name: target[row] for name, target in self.targets.items()}
        return (sample if self.transform is None else self.transform(sample[None])[0]), targets

    def __getitems__(self, rows: list[int] | Tensor) -> Sample:
        """Return a batch: inputs [B, ...] and a dict of targets [B, ...]; torch's loader prefers this method."""
        index = torch.as_tensor(rows)
        inputs = as_batch(self.inputs[index])
        if self.transform is not None:
            with _drawing_by(getattr(rows, "seed", None)):
                inputs = self.transform(inputs)
        return inputs, {name: target[index] for name, target in self.targets.items()}


@contextmanager
def _drawing_by(seed: int | None) -> Iterator[None]:
    """Seed torch's global generator, and restore its state afterwards; do nothing for None."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def whole_batch(batch: Any) -> Any:
    """Return a batch unchanged: the collate function for :meth:`ArrayDataset.__getitems__`."""
    return batch


def targets_to_tensors(annotations: Annotations) -> dict[str, Tensor]:
    """Return the targets of each task as tensors for losses and metrics.

    Class indices are int64 [N], -1 = missing; class probabilities, tags and dimensions are float32 [N, labels], NaN =
    missing.
    """
    tensors = {}
    for task in annotations.tasks:
        target = annotations.targets[task.name]
        dense = target.toarray() if sparse.issparse(target) else target
        tensors[task.name] = torch.as_tensor(dense if dense.ndim == 1 else dense.astype(np.float32))
    return tensors
