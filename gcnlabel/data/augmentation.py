"""Augmentation of training images, image by image."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import torch
from pydantic import BeforeValidator, Field
from torch import Tensor
from torchvision.transforms import v2

from gcnlabel.registry import Registry

AUGMENTATIONS = Registry("augmentation", "gcnlabel.data")
"""Functions ``(*, options)`` that return a transform of training images uint8 [B, C, H, W], or None."""


def share_of(flip: float) -> float:
    """Return the fraction of mirrored images; True means 0.5."""
    return 0.5 if flip is True else float(flip)


Flip = Annotated[float, Field(ge=0, le=1), BeforeValidator(share_of)]
MaxHue = Annotated[float, Field(ge=0, le=0.5)]
Strength = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@AUGMENTATIONS.register("none")
def none() -> None:
    """Return None: images are not changed."""


def augmentation(
    *,
    flip: Flip = 0.5,
    rotation: Strength = 30.0,
    brightness: Strength = 0.2,
    contrast: Strength = 0.2,
    saturation: Strength = 0.2,
    hue: MaxHue = 0.05,
) -> Callable[[Tensor], Tensor]:
    """Return a random transform of uint8 images, [C, H, W] or [B, C, H, W]: the steps of Emotion-GCN (Section IV-A).

    It applies torchvision's transforms image by image; :class:`~gcnlabel.data.BatchAugmentation` does the same several
    times faster. The paper gives no strengths, and its code only the 30 degrees; the other defaults are our choice.

    Args:
        flip: Fraction of mirrored images; True for 0.5.
        rotation: Largest angle in degrees, in either direction.
        brightness: Largest relative change.
        contrast: Largest relative change.
        saturation: Largest relative change; no effect on grey images.
        hue: Largest change, as a fraction of the colour circle, at most 0.5; no effect on grey images.
    """
    steps: list[torch.nn.Module] = [v2.RandomHorizontalFlip(share_of(flip))] if flip else []
    if rotation:
        steps.append(v2.RandomRotation(rotation, v2.InterpolationMode.BILINEAR))
    if brightness or contrast or saturation or hue:
        steps.append(v2.ColorJitter(brightness, contrast, saturation, hue))
    return partial(_each_by_itself, v2.Compose(steps or [v2.Identity()]))


def _each_by_itself(transform: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Apply a transform to each image separately, because torchvision's transforms share random numbers in a batch."""
    return transform(images) if images.ndim == 3 else torch.stack([transform(image) for image in images])
