"""Settings of sources whose inputs are whole images in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, PositiveInt
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.data import load_images
from gcnlabel.data.geometry import Geometry, Interpolation
from gcnlabel.data.image_cache import ImageCache
from gcnlabel.data.images import MAX_IN_MEMORY
from gcnlabel.settings import Section
from gcnlabel.sources.listed_images import load_cached_images, load_listed_images
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import Image
from gcnlabel.tasks import TaskSet

STRETCHED: Mapping[str, Any] = {"crop": "none", "interpolation": "bilinear"}
"""Scaling if neither config nor weights define it, and for runs of earlier versions without these settings."""
Crop = Annotated[float, Field(gt=0, le=1)] | Literal["none"]


class Pictures(Section):
    """Scaling and cropping of whole images, and where they are read from.

    Defaults of ``size``, ``crop`` and ``interpolation`` are those of the weights if ``model.backbone`` is ``timm`` or
    ``torchvision`` with pretrained weights.

    Attributes:
        size: Width and height of the images; null for that of pretrained weights, or else 64 (tables) or 448 (COCO,
            VOC).
        channels: 1 for grey, 3 for colour.
        crop: Center-crop fraction: the shorter side is scaled to ``size / crop``. ``none`` stretches whole images.
            Null for that of pretrained weights, or else ``none``.
        interpolation: Interpolation; null for that of pretrained weights, or else ``bilinear``.
        cache: Folder written by ``gcnlabel prepare-images``; null to read the image files.
        in_memory: Budget in GiB: images that fit, decoded, are decoded once and kept in memory. Others are read from
            their files in every epoch, by ``training.workers`` processes.
    """

    usual_size: ClassVar[int] = 64

    size: PositiveInt | None = None
    channels: Literal[1, 3] = 3
    crop: Crop | None = None
    interpolation: Interpolation | None = None
    cache: str | None = None
    in_memory: Annotated[float, Field(ge=0)] = MAX_IN_MEMORY / 2**30

    def listed(self, tasks: TaskSet | None) -> tuple[Path, Sequence[str], Annotations]:
        """Return the folder of the images, the path of each below it, and the annotations, without opening an image.

        Raises:
            InputError: A file is missing or malformed.
        """
        raise NotImplementedError

    def load_pictures(self, tasks: TaskSet | None, allowed: float) -> tuple[SampleSet, RowReport]:
        """Return the rows whose image can be read, with the images, and a report on all rows."""
        root, names, annotations = self.listed(tasks)
        how: dict[str, Any] = {"size": self.pictures, "channels": self.channels, "allowed": allowed}
        if self.cache is not None:
            return load_cached_images(ImageCache(self.cache), names, annotations, **how)
        return load_listed_images(root, names, annotations, **how, budget=int(self.in_memory * 2**30))

    @property
    def pictures(self) -> Geometry:
        """The resizing of whole images."""
        crop = None if self.crop == "none" else self.crop
        return Geometry(self.size or self.usual_size, crop, self.interpolation or "bilinear")

    @property
    def geometry(self) -> tuple[str, str] | None:
        """How images are resized: a short and an exact description; None if whole images are stretched."""
        return self.pictures.words

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images."""
        size = self.pictures.size
        return self.channels, size, size

    def read_image(self, path: Path) -> Image:
        """Return a new image uint8 [C, H, W], resized like these."""
        return np.asarray(load_images(path.parent, [path.name], size=self.pictures, channels=self.channels)[0])

    def with_pictures(self, weights: Mapping[str, Any]) -> Self:
        """Return these settings without null in ``size``, ``crop`` and ``interpolation``.

        Args:
            weights: Settings of pretrained weights; missing ones get the usual values.
        """
        if self.image_shape is None:
            return self
        said, usual = self.model_copy(), {"size": self.usual_size, **STRETCHED, **weights}
        for name, value in usual.items():
            if getattr(self, name) is None:  # ``model_fields_set`` is not changed
                object.__setattr__(said, name, value)
        return said
