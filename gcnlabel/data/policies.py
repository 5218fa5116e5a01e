"""Augmentations by torchvision's transforms, with random parameters per image, and sequences of augmentations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt
from torch import Tensor
from torchvision.transforms import v2

from gcnlabel.data.augmentation import AUGMENTATIONS
from gcnlabel.settings import Share

Transform = Callable[[Tensor], Tensor]
Fraction = Annotated[float, Field(gt=0, le=1)]


def _ascending(pair: list[float]) -> list[float]:
    if pair[0] > pair[1]:
        raise ValueError(f"{pair[0]} is above {pair[1]}")
    return pair


Range = Annotated[list[Fraction], Field(min_length=2, max_length=2), AfterValidator(_ascending)]


class EachImage(torch.nn.Module):
    """Applies a torchvision transform to each image of a batch, with separate random numbers.

    Args:
        transform: Transform of uint8 images [C, H, W].
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


PLACES = [(0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)]
"""Positions of a crop (vertical, horizontal), as fractions of the free space: corners and centre."""
MORE_PLACES = [
    *PLACES,
    (0.5, 0),
    (0.5, 1),
    (1, 0.5),
    (0, 0.5),
    (0.25, 0.25),
    (0.25, 0.75),
    (0.75, 0.25),
    (0.75, 0.75),
]
"""Also the middles of the borders and of the quarters."""


class Crop(torch.nn.Module):
    """Random crop of one of several sizes and positions, resized to the size of the image.

    Args:
        sizes: Heights and widths, as fractions of the shorter side.
        distort: Largest difference of the indices of height and width in ``sizes``; 0 for squares.
        more_places: Whether to add the middles of borders and quarters to the corners and the centre.
    """

    def __init__(self, sizes: list[float], distort: int = 0, *, more_places: bool = False) -> None:
        super().__init__()
        numbered = list(enumerate(sizes))
        self.sizes = [(high, wide) for i, high in numbered for j, wide in numbered if abs(i - j) <= distort]
        self.places = MORE_PLACES if more_places else PLACES

    def forward(self, image: Tensor) -> Tensor:
        """Return an image [C, H, W], changed."""
        height, width = image.shape[-2:]
        size = self.sizes[int(torch.randint(len(self.sizes), ()))]
        high, wide = (round(share * min(height, width)) for share in size)
        down, right = self.places[int(torch.randint(len(self.places), ()))]
        top, left = round(down * (height - high)), round(right * (width - wide))
        found: Tensor = v2.functional.resized_crop(image, top, left, high, wide, [height, width], antialias=True)
        return found


@AUGMENTATIONS.register("rand-augment")
def rand_augment(*, steps: PositiveInt = 2, magnitude: Annotated[int, Field(ge=0, le=30)] = 9) -> EachImage:
    """Return RandAugment (Cubuk et al., NeurIPS 2020).

    Args:
        steps: Number of operations per image.
        magnitude: Their strength, from 0 to 30.
    """
    return EachImage(v2.RandAugment(steps, magnitude))


@AUGMENTATIONS.register("trivial-augment")
def trivial_augment() -> EachImage:
    """Return TrivialAugment: one operation of random strength per image (Müller and Hutter, ICCV 2021)."""
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
    """Return random crops, resized to the size of the image (Szegedy et al., CVPR 2015).

    Args:
        scale: Smallest and largest fraction of the image's area.
        ratio: Smallest and largest ratio of width to height.
    """
    return EachImage(_ResizedCrop(scale, ratio))


@AUGMENTATIONS.register("multi-scale-crop")
def multi_scale_crop(
    *,
    sizes: list[Fraction] = [1.0, 0.875, 0.75, 0.66, 0.5],  # noqa: B006
    distort: NonNegativeInt = 0,
    more_places: bool = False,
) -> EachImage:
    """Return multi-scale crops from a corner or the centre, resized to the size of the image (Wang et al., ECCV 2016).

    Args:
        sizes: Heights and widths, as fractions of the shorter side.
        distort: Largest difference of the indices of height and width in ``sizes``; 0 for squares.
        more_places: Whether to add the middles of borders and quarters, for 13 positions in total.
    """
    return EachImage(Crop(sizes, distort, more_places=more_places))


@AUGMENTATIONS.register("erase")
def erase(*, share: Share = 0.5, scale: Range = [0.02, 0.33]) -> EachImage:  # noqa: B006
    """Return random erasing of a rectangle (Zhong et al., AAAI 2020); with one fixed size, it is cutout.

    Args:
        share: Fraction of changed images.
        scale: Smallest and largest fraction of the image's area.
    """
    return EachImage(v2.RandomErasing(share, (scale[0], scale[1])))


@AUGMENTATIONS.register("sequence")
def sequence(*, of: Annotated[list[Annotated[Any, AUGMENTATIONS]], Field(min_length=1)]) -> torch.nn.Sequential:
    """Return a sequence of augmentations.

    Args:
        of: Names or settings of the augmentations.
    """
    made = [AUGMENTATIONS.make(each) for each in of]
    return torch.nn.Sequential(*(each for each in made if each is not None))
