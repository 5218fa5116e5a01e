"""Inputs that are loaded or built when indexed: images and features on disk, texts, graphs."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from typing_extensions import Self

Rows = npt.NDArray[np.int64]


class OnDemand(ABC):
    """Base class of inputs that are loaded when indexed and have the shape and indexing of an array.

    Args:
        count: Number of samples, N.
    """

    ndim: int

    def __init__(self, count: int) -> None:
        self._rows: Rows = np.arange(count)

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """Number of samples N, followed by the shape of each."""

    def __len__(self) -> int:
        """Return the number of samples, N."""
        return len(self._rows)

    def select(self, rows: Any) -> Self:
        """Return the selected samples, in the order of ``rows``, without loading them."""
        part = copy.copy(self)
        part._rows = self._rows[np.asarray(rows)]
        return part

    def _picked(self, rows: Any) -> Any:
        """Return the indices in the whole set for an index: an integer, a slice, indices or a mask."""
        return self._rows[rows if isinstance(rows, slice) else np.asarray(rows)]

    @abstractmethod
    def __getitem__(self, rows: Any) -> Any:
        """Return the indexed samples."""


def as_batch(inputs: Any) -> Any:
    """Return the selected inputs as a network takes them: arrays as a tensor, batches of graphs or texts unchanged.

    Example:
        >>> as_batch(np.zeros((2, 3))).shape
        torch.Size([2, 3])
    """
    return inputs if hasattr(inputs, "to") else torch.as_tensor(inputs)
