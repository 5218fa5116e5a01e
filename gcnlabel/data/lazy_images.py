"""Images that are read when indexed, so that a data set need not fit in memory."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torchvision.transforms.v2 import functional

from gcnlabel.data.on_demand import OnDemand, Rows

Images = npt.NDArray[np.uint8]


class LazyImages(OnDemand):
    """Images uint8 [N, C, H, W] on disk that are read when indexed.

    Args:
        count: Number of images, N.
        image_shape: Shape of each image, (C, H, W).
    """

    ndim = 4

    def __init__(self, count: int, image_shape: tuple[int, int, int]) -> None:
        super().__init__(count)
        self.image_shape = image_shape

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of all images, (N, C, H, W)."""
        return (len(self), *self.image_shape)

    def __getitem__(self, rows: Any) -> Images:
        """Read images: [C, H, W] for an integer, [B, C, H, W] for an array of indices, a mask or a slice."""
        picked = self._picked(rows)
        images = self._read(np.atleast_1d(picked))
        return images if np.ndim(picked) else images[0]

    @abstractmethod
    def _read(self, rows: Rows) -> Images:
        """Return the images [B, C, H, W] with the given indices in the whole set."""


class ScaledImages(LazyImages):
    """Images that are resized, with antialiasing, when indexed.

    Args:
        images: The images, [N, C, H, W].
        size: Height and width to resize to.
    """

    def __init__(self, images: LazyImages, size: int) -> None:
        super().__init__(len(images), (images.image_shape[0], size, size))
        self._images = images

    def _read(self, rows: Rows) -> Images:
        images = torch.from_numpy(self._images[rows])
        scaled: Images = functional.resize(images, list(self.image_shape[1:]), antialias=True).numpy()
        return scaled
