"""Images that are read when they are asked for, so that a data set need not fit in memory."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torchvision.transforms.v2 import functional

Images = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]


class LazyImages(ABC):
    """Images uint8 [N, C, H, W] that stand on disk.

    Looks like an array to those who ask for its shape or for some of its rows; only what is indexed is read.

    Args:
        count: Number of images, N.
        image_shape: Shape of each, (C, H, W).
    """

    ndim = 4

    def __init__(self, count: int, image_shape: tuple[int, int, int]) -> None:
        self.image_shape = image_shape
        self._rows: Rows = np.arange(count)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of all images, (N, C, H, W)."""
        return (len(self), *self.image_shape)

    def __len__(self) -> int:
        """Return the number of images, N."""
        return len(self._rows)

    def select(self, rows: Any) -> LazyImages:
        """Return some of the images, in the order of ``rows``, without reading them."""
        part = copy.copy(self)
        part._rows = self._rows[np.asarray(rows)]
        return part

    def __getitem__(self, rows: Any) -> Images:
        """Read images: [C, H, W] for an integer, [B, C, H, W] for an array of indices, a mask or a slice."""
        picked = self._rows[rows if isinstance(rows, slice) else np.asarray(rows)]
        images = self._read(np.atleast_1d(picked))
        return images if np.ndim(picked) else images[0]

    @abstractmethod
    def _read(self, rows: Rows) -> Images:
        """Return the images of these rows of the whole set, [B, C, H, W]."""


class ScaledImages(LazyImages):
    """Images that are scaled, with antialiasing, when they are asked for.

    Args:
        images: The images, [N, C, H, W].
        size: Width and height to bring them to.
    """

    def __init__(self, images: LazyImages, size: int) -> None:
        super().__init__(len(images), (images.image_shape[0], size, size))
        self._images = images

    def _read(self, rows: Rows) -> Images:
        images = torch.from_numpy(self._images[rows])
        scaled: Images = functional.resize(images, list(self.image_shape[1:]), antialias=True).numpy()
        return scaled
