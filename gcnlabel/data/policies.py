"""Augmentation by torchvision's transforms, each image by its own draws, and several one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import AfterValidator, Field, PositiveInt
from torch import Tensor
from torchvision.transforms import v2

from gcnlabel.data.augmentation import AUGMENTATIONS
from gcnlabel.settings import Share

Transform = Callable[[Tensor], Tensor]
Part = Annotated[float, Field(gt=0, le=1)]


def _ascending(pair: list[float]) -> list[float]:
    if pair[0] > pair[1]:
        raise ValueError(f"{pair[0]} is above {pair[1]}")
    return pair


Range = Annotated[list[Part], Field(min_length=2, max_length=2), AfterValidator(_ascending)]


class EachImage(torch.nn.Module):
    """A transform of torchvision's for batches: it draws anew for each image, from torch's global generator.

    Args:
        transform: Of uint8 images [C, H, W].
    """

    def __init__(self, transform: torch.nn.Module) -> None:
        super().__init__()
        self.transform = transform

    def forward(self, images: Tensor) -> Tensor:
        """Return images uint8 [C, H, W] or [B, C, H, W], changed."""
        if images.ndim == 3:
            alone: Tensor = self.transform(images)
            return alone
        return torch.stack([self.transform(image) for image in images])


class Crop(torch.nn.Module):
    """Crops squares of one of several sizes, from a corner or the middle, and scales them back.

    Args:
        sizes: Sizes, as shares of the shorter side.
    """

    def __init__(self, sizes: list[float]) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, image: Tensor) -> Tensor:
        """Return an image [C, H, W], changed."""
        height, width = image.shape[-2:]
        side = round(self.sizes[int(torch.randint(len(self.sizes), ()))] * min(height, width))
        places = [(0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)]
        down, right = places[int(torch.randint(len(places), ()))]
        top, left = round(down * (height - side)), round(right * (width - side))
        found: Tensor = v2.functional.resized_crop(image, top, left, side, side, [height, width], antialias=True)
        return found


@AUGMENTATIONS.register("rand-augment")
def rand_augment(*, steps: PositiveInt = 2, magnitude: Annotated[int, Field(ge=0, le=30)] = 9) -> EachImage:
    """Return RandAugment (Cubuk et al., NeurIPS 2020).

    Args:
        steps: Operations an image.
        magnitude: Their strength, of 30.
    """
    return EachImage(v2.RandAugment(steps, magnitude))


@AUGMENTATIONS.register("trivial-augment")
def trivial_augment() -> EachImage:
    """Return TrivialAugment: one operation an image, of a strength that is drawn (Müller and Hutter, ICCV 2021)."""
    return EachImage(v2.TrivialAugmentWide())


class _ResizedCrop(torch.nn.Module):
    def __init__(self, scale: list[float], ratio: list[float]) -> None:
        super().__init__()
        self.scale, self.ratio = scale, ratio

    def forward(self, image: Tensor) -> Tensor:
        found: Tensor = v2.RandomResizedCrop(image.shape[-2:], tuple(self.scale), tuple(self.ratio))(image)
        return found


@AUGMENTATIONS.register("resized-crop")
def resized_crop(
    *,
    scale: Range = [0.08, 1.0],  # noqa: B006 (settings are copied)
    ratio: Annotated[list[float], Field(min_length=2, max_length=2)] = [0.75, 4 / 3],  # noqa: B006
) -> EachImage:
    """Return random crops, scaled back to the size of the image (Szegedy et al., CVPR 2015).

    Args:
        scale: Least and largest share of the image's area.
        ratio: Least and largest width over height.
    """
    return EachImage(_ResizedCrop(scale, ratio))


@AUGMENTATIONS.register("multi-scale-crop")
def multi_scale_crop(*, sizes: list[Part] = [1.0, 0.875, 0.75, 0.66, 0.5]) -> EachImage:  # noqa: B006
    """Return square crops of several sizes, from a corner or the middle (Wang et al., ECCV 2016), scaled back.

    Args:
        sizes: Sizes, as shares of the shorter side.
    """
    return EachImage(Crop(sizes))


@AUGMENTATIONS.register("erase")
def erase(*, share: Share = 0.5, scale: Range = [0.02, 0.33]) -> EachImage:  # noqa: B006
    """Return images of which some lose a rectangle (Zhong et al., AAAI 2020; cutout where one size is given).

    Args:
        share: Share of the images that lose one.
        scale: Least and largest share of the image's area.
    """
    return EachImage(v2.RandomErasing(share, (scale[0], scale[1])))


@AUGMENTATIONS.register("sequence")
def sequence(*, of: Annotated[list[Annotated[Any, AUGMENTATIONS]], Field(min_length=1)]) -> torch.nn.Sequential:
    """Return several augmentations, one after the other.

    Args:
        of: Their names or settings.
    """
    made = [AUGMENTATIONS.make(each) for each in of]
    return torch.nn.Sequential(*(each for each in made if each is not None))
