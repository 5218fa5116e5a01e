"""Augmentation of training images, each image by itself."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torchvision.transforms import v2


def augmentation(
    *, flip: bool = True, rotation: float = 30.0, brightness: float = 0.2, contrast: float = 0.2
) -> Callable[[Tensor], Tensor]:
    """Return a random transform of uint8 images [C, H, W].

    Args:
        flip: Whether half of the images are mirrored.
        rotation: Largest angle in degrees, to either side; 30 in the Emotion-GCN code.
        brightness: Largest relative change.
        contrast: Largest relative change.
    """
    steps: list[torch.nn.Module] = [v2.RandomHorizontalFlip()] if flip else []
    if rotation:
        steps.append(v2.RandomRotation(rotation, v2.InterpolationMode.BILINEAR))
    if brightness or contrast:
        steps.append(v2.ColorJitter(brightness=brightness, contrast=contrast))
    composed: Callable[[Tensor], Tensor] = v2.Compose(steps or [v2.Identity()])
    return composed
