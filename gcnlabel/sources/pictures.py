"""Settings of sources whose images are whole pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, PositiveInt
from typing_extensions import Self

from gcnlabel.data import load_images
from gcnlabel.data.geometry import Geometry, Interpolation
from gcnlabel.settings import Section
from gcnlabel.sources.source import Image

STRETCHED: Mapping[str, Any] = {"crop": "none", "interpolation": "bilinear"}
"""How pictures are scaled where neither config nor weights say it, and in runs of versions that could not say it."""
Crop = Annotated[float, Field(gt=0, le=1)] | Literal["none"]


class Pictures(Section):
    """How whole pictures are brought to size.

    What is null is as pretrained weights expect it, where ``model.backbone`` is ``timm`` or ``torchvision`` with such.

    Attributes:
        size: Width and height that images are brought to; null for that of pretrained weights, or else a usual one (64
            of tables, 448 of COCO and VOC).
        channels: 1 for grey, 3 for colour.
        crop: Share of the scaled picture's shorter side that a centred square keeps; ``none`` stretches whole pictures.
            Null for that of pretrained weights, or else ``none``.
        interpolation: Filter by which pictures are scaled; null for that of pretrained weights, or else bilinear.
    """

    usual_size: ClassVar[int] = 64

    size: PositiveInt | None = None
    channels: Literal[1, 3] = 3
    crop: Crop | None = None
    interpolation: Interpolation | None = None

    @property
    def pictures(self) -> Geometry:
        """How pictures are brought to size."""
        crop = None if self.crop == "none" else self.crop
        return Geometry(self.size or self.usual_size, crop, self.interpolation or "bilinear")

    @property
    def geometry(self) -> tuple[str, str] | None:
        """How images are brought to size, in a few words and exactly; None where whole pictures are stretched."""
        return self.pictures.words

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images."""
        size = self.pictures.size
        return self.channels, size, size

    def read_image(self, path: Path) -> Image:
        """Return a new image uint8 [C, H, W], brought to size as these."""
        return np.asarray(load_images(path.parent, [path.name], size=self.pictures, channels=self.channels)[0])

    def with_pictures(self, weights: Mapping[str, Any]) -> Self:
        """Return these settings with everything said: what is null as weights expect it, or as usual."""
        if self.image_shape is None:
            return self
        said, usual = self.model_copy(), {"size": self.usual_size, **STRETCHED, **weights}
        for name, value in usual.items():
            if getattr(self, name) is None:  # ``model_fields_set`` stays what was given
                object.__setattr__(said, name, value)
        return said
