"""Augmentation of training images in batches."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gcnlabel.data.augmentation import AUGMENTATIONS, Flip, MaxHue, Strength, share_of
from gcnlabel.data.batch_colour import BatchColour, colour_maps
from gcnlabel.data.batch_rotation import BatchRotation
from gcnlabel.data.opencv import opencv
from gcnlabel.data.opencv_augmentation import augment_each, turned_about_centre
from gcnlabel.errors import InputError
from gcnlabel.precision import full_precision
from gcnlabel.settings import Share

PIXELS = 2**16  # pixels processed at a time on a CPU, to stay in its cache


@dataclass(frozen=True)
class Draws:
    """Random parameters for each of B images.

    Attributes:
        mirrored: Whether the image is mirrored horizontally, bool [B].
        degrees: Rotation angle, counter-clockwise, [B].
        factors: Factors of brightness, contrast and saturation, and change of hue as a fraction of the circle, [B, 4].
        order: Order of these four steps, a permutation of 0 ... 3 per image, [B, 4].
    """

    mirrored: Tensor
    degrees: Tensor
    factors: Tensor
    order: Tensor


@AUGMENTATIONS.register("faces")
class BatchAugmentation(nn.Module):
    """Random transform of batches of uint8 images, with random parameters per image: Emotion-GCN's (Section IV-A).

    It does the same as :func:`~gcnlabel.data.augmentation`, several times faster: mirroring, a bilinear rotation about
    the centre with black outside, then brightness, contrast, saturation and hue in a random order per image. There are
    two small differences: values are rounded only at the end, and clipped only before the hue and at the end.

    Random numbers come from torch's global CPU generator, ten per image, so that ``torch.manual_seed`` gives the same
    ones on any device. The images are processed on their device.

    Args:
        flip: Fraction of mirrored images; True for 0.5.
        rotation: Largest angle in degrees, in either direction.
        brightness: Largest relative change.
        contrast: Largest relative change.
        saturation: Largest relative change; no effect on grey images.
        hue: Largest change, as a fraction of the colour circle, at most 0.5; no effect on grey images.

    Raises:
        InputError: A strength is negative or not finite, ``flip`` is above 1, or ``hue`` above 0.5.

    Example:
        >>> images = torch.zeros(2, 3, 8, 8, dtype=torch.uint8)
        >>> BatchAugmentation()(images).shape
        torch.Size([2, 3, 8, 8])
    """

    def __init__(
        self,
        *,
        flip: Flip = 0.5,
        rotation: Strength = 30.0,
        brightness: Strength = 0.2,
        contrast: Strength = 0.2,
        saturation: Strength = 0.2,
        hue: MaxHue = 0.05,
    ) -> None:
        super().__init__()
        self.flip, self.rotation, self.hue = share_of(flip), rotation, hue
        self.brightness, self.contrast, self.saturation = brightness, contrast, saturation
        for name in ("flip", "rotation", "brightness", "contrast", "saturation", "hue"):
            limit = {"flip": 1, "hue": 0.5}.get(name, float("inf"))
            if not (0 <= getattr(self, name) <= limit and getattr(self, name) < float("inf")):
                raise InputError(f"{name} is {getattr(self, name)}", expected=f"a number from 0 to {limit}")

    def extra_repr(self) -> str:
        """Return the settings as text."""
        names = ("flip", "rotation", "brightness", "contrast", "saturation", "hue")
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)

    def draw(self, count: int) -> Draws:
        """Return random parameters for ``count`` images."""
        uniform = torch.rand(count, 10)
        changes = torch.tensor([self.brightness, self.contrast, self.saturation])
        low = torch.cat([(1 - changes).clamp_min(0), torch.tensor([-self.hue])])
        high = torch.cat([1 + changes, torch.tensor([self.hue])])
        return Draws(
            mirrored=uniform[:, 0] < self.flip,
            degrees=(2 * uniform[:, 1] - 1) * self.rotation,
            factors=low + uniform[:, 2:6] * (high - low),
            order=uniform[:, 6:].argsort(1),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return randomly changed copies of images uint8 [B, C, H, W].

        Raises:
            InputError: The images are not uint8 [B, 1 or 3, H, W].
        """
        return augmented(images, self.draw(len(images)))


@AUGMENTATIONS.register("flip")
def flip(*, share: Share = 0.5) -> BatchAugmentation:
    """Return an augmentation that only mirrors images.

    Args:
        share: Fraction of mirrored images.
    """
    return BatchAugmentation(flip=share, rotation=0, brightness=0, contrast=0, saturation=0, hue=0)


@torch.no_grad()
def augmented(images: Tensor, draws: Draws) -> Tensor:
    """Return images uint8 [B, C, H, W] changed by given parameters; steps without effect on any image are skipped.

    Raises:
        InputError: The images are not uint8 [B, 1 or 3, H, W].
    """
    if images.ndim != 4 or images.dtype != torch.uint8 or images.shape[1] not in (1, 3):
        found = f"images of {images.dtype} and shape {list(images.shape)}"
        raise InputError(found, expected="torch.uint8 and [B, 1 or 3, H, W]")
    turns, colours = bool(draws.degrees.any()), bool((draws.factors != draws.factors.new_tensor([1, 1, 1, 0])).any())
    if not turns and draws.mirrored.any():
        (mirrored,) = _moved((draws.mirrored.float(),), images.device)
        images = torch.where(mirrored.view(-1, 1, 1, 1) > 0, images.flip(3), images)
    if not turns and not colours:
        return images.clone()
    with full_precision(draws.factors.device):
        maps = colour_maps(draws.factors, draws.order, images.shape[1]) if colours else ()
    changed = torch.empty(images.shape, dtype=torch.uint8, device=images.device)
    cv2 = opencv() if images.device.type == "cpu" else None
    if cv2 is not None:
        turned = (each.double().numpy() for each in (draws.degrees, draws.mirrored))
        moves = turned_about_centre(images.shape[2:], *turned) if turns else None
        augment_each(
            cv2, images.contiguous().numpy(), changed.numpy(), moves, tuple(each.double().numpy() for each in maps)
        )
        return changed
    arguments = _moved((draws.degrees, draws.mirrored.float(), *maps), images.device)  # [B, ...] each
    count = max(1, PIXELS // max(1, images.shape[2] * images.shape[3])) if images.device.type == "cpu" else len(images)
    parts = [slice(begin, begin + count) for begin in range(0, len(images), max(1, count))]
    steps: _Steps | None = None
    with full_precision(images.device):
        for rows in parts:
            if steps is None or steps.count != len(images[rows]):
                steps = _Steps(images[rows], turns, colours)
            steps(images[rows], changed[rows], *(argument[rows] for argument in arguments))
    return changed


def _moved(tensors: tuple[Tensor, ...], device: torch.device) -> list[Tensor]:
    """Return float tensors [B, ...] on a device, copied in one asynchronous transfer."""
    if device.type == "cpu":
        return list(tensors)
    together = _together(tensors)
    together = (together.pin_memory() if device.type == "cuda" else together).to(device, non_blocking=True)
    return _apart(together, [tensor.shape for tensor in tensors])


def _together(tensors: tuple[Tensor, ...]) -> Tensor:
    """Return float tensors [B, ...], flattened and concatenated to [B, K]."""
    return torch.cat([tensor.reshape(len(tensor), tensor.shape[1:].numel()) for tensor in tensors], 1)


def _apart(together: Tensor, shapes: list[torch.Size]) -> list[Tensor]:
    """Split and reshape the result of :func:`_together` into tensors of the given shapes."""
    parts = together.split([shape[1:].numel() for shape in shapes], 1)
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


class _Steps:
    """The steps for a fixed number of images, with their buffers."""

    def __init__(self, images: Tensor, turns: bool, colours: bool) -> None:
        self.count, shape = len(images), (images.shape[1], images.shape[2], images.shape[3])
        self.rotation = BatchRotation(self.count, shape, images.device) if turns else None
        self.colour = BatchColour(self.count, shape, images.device) if colours else None
        self.whole = torch.empty(
            images.shape, dtype=torch.int32, device=images.device
        )  # float to uint8 via int32 is faster

    def __call__(self, images: Tensor, changed: Tensor, degrees: Tensor, mirrored: Tensor, *maps: Tensor) -> None:
        values = images.float() if self.rotation is None else self.rotation(images, degrees, mirrored)
        if self.colour is not None:
            self.colour(values.flatten(2), *maps)
        changed.copy_(self.whole.copy_(values.add_(0.5)))
