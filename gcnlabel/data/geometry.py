"""Resize images to the input size of a network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PIL import Image
from torchvision.transforms.v2 import InterpolationMode, functional

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]
FILTERS = {
    "nearest": "the nearest pixel",
    "bilinear": "weights max(0, 1 - |d| / max(1, reduction)) of the pixels whose centres are d away",
    "bicubic": "Catmull-Rom weights (a = -0.5) of the pixels within 2 max(1, reduction)",
    "lanczos": "Lanczos weights of the pixels within 3 max(1, reduction)",
}
ROUNDING = 1e-6
"""Added before rounding down: 224 / (224 / 230) is slightly below 230 in floating point."""


@dataclass(frozen=True)
class Geometry:
    """How images are resized: stretched, or scaled and cropped.

    Attributes:
        size: Width and height, S.
        crop: Ratio c of the centred square crop to the shorter side of the scaled image. The shorter side is scaled to
            ``floor(S / c)``, as in torchvision and timm. None stretches the whole image to S x S.
        interpolation: Filter; antialiased except for ``nearest``.
    """

    size: int
    crop: float | None = None
    interpolation: Interpolation = "bilinear"

    def bring(self, picture: Image.Image) -> Image.Image:
        """Return an image resized to S x S pixels.

        Example:
            >>> Geometry(8, crop=0.5).bring(Image.new("RGB", (40, 20))).size
            (8, 8)
        """
        if self.crop is None:
            filters = getattr(Image.Resampling, self.interpolation.upper())
            return picture.resize((self.size, self.size), filters, reducing_gap=2.0)
        scaled = functional.resize(picture, [self.scaled], InterpolationMode(self.interpolation))
        cropped: Image.Image = functional.center_crop(scaled, [self.size, self.size])
        return cropped

    @property
    def scaled(self) -> int:
        """Length in pixels to which the shorter side is scaled before the crop."""
        return math.floor(self.size / (self.crop or 1) + ROUNDING)

    @property
    def words(self) -> tuple[str, str] | None:
        """A short and an exact description; None for bilinear stretching."""
        if self.crop is None and self.interpolation == "bilinear":
            return None
        antialias = "" if self.interpolation == "nearest" else ", divided by their sum, along each axis (antialiasing)"
        filtered = f"{self.interpolation}: {FILTERS[self.interpolation]}{antialias}"
        if self.crop is None:
            return "whole pictures stretched", f"the whole picture, upright as its EXIF data say, stretched; {filtered}"
        return (
            "scaled and cropped",
            f"upright as its EXIF data say; the shorter side scaled to {self.scaled} pixels, the longer by the same "
            f"factor, rounded down; then the square of {self.size} x {self.size} pixels in the middle; {filtered}",
        )
