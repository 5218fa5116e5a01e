"""Augmentation of training images, each image by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torchvision.transforms import v2


def augmentation(
    *,
    flip: bool = True,
    rotation: float = 30.0,
    brightness: float = 0.2,
    contrast: float = 0.2,
    saturation: float = 0.2,
    hue: float = 0.05,
) -> Callable[[Tensor], Tensor]:
    """Return a random transform of uint8 images, [C, H, W] or [B, C, H, W]: the steps of Emotion-GCN (Section IV-A).

    It takes torchvision's steps image by image; :class:`~gcnlabel.data.BatchAugmentation` does the same several times
    faster. The paper names the steps and not their strengths; only the 30 degrees stand in its code.

    Args:
        flip: Whether half of the images are mirrored.
        rotation: Largest angle in degrees, to either side.
        brightness: Largest relative change.
        contrast: Largest relative change.
        saturation: Largest relative change; grey images have none.
        hue: Largest change, as a share of the colour circle, at most 0.5; grey images have none.
    """
    steps: list[torch.nn.Module] = [v2.RandomHorizontalFlip()] if flip else []
    if rotation:
        steps.append(v2.RandomRotation(rotation, v2.InterpolationMode.BILINEAR))
    if brightness or contrast or saturation or hue:
        steps.append(v2.ColorJitter(brightness, contrast, saturation, hue))
    return partial(_each_by_itself, v2.Compose(steps or [v2.Identity()]))


def _each_by_itself(transform: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Return the images changed; torchvision's transforms draw once for all that they are given."""
    return transform(images) if images.ndim == 3 else torch.stack([transform(image) for image in images])
