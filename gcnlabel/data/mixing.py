"""Mixup and cutmix of training batches."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.errors import InputError
from gcnlabel.registry import Registry
from gcnlabel.settings import Share
from gcnlabel.tasks import TaskSet

Alpha = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Mixing(ABC):
    """Mixes each sample of a batch with another one (a random permutation), with one weight for the batch.

    Class indices become class probabilities. A target is missing if that of either sample is.

    Args:
        alpha: The weight of the first sample is drawn from Beta(alpha, alpha).
        share: Fraction of mixed batches.
    """

    def __init__(self, alpha: float, share: float) -> None:
        self.alpha, self.share = alpha, share

    def __call__(self, inputs: Tensor, targets: dict[str, Tensor], tasks: TaskSet) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the mixed inputs and targets of a batch; random numbers come from torch's global generator.

        Args:
            inputs: Features [B, D] or images [B, C, H, W].
            targets: Targets of each task.
            tasks: The tasks.
        """
        if torch.rand(()) >= self.share:
            return inputs, targets
        first = float(torch._sample_dirichlet(torch.tensor([self.alpha, self.alpha]))[0])
        other = torch.randperm(len(inputs)).to(inputs.device)
        mixed, first = self.mixed(inputs, inputs[other], first)
        return mixed, {name: _mixed(target, other, first, len(tasks[name])) for name, target in targets.items()}

    @abstractmethod
    def mixed(self, inputs: Tensor, others: Tensor, first: float) -> tuple[Tensor, float]:
        """Return mixed inputs, and the actual weight of the first ones in them.

        Args:
            inputs: First inputs.
            others: Second inputs, of the same shape.
            first: Weight of the first inputs.
        """


def _mixed(target: Tensor, other: Tensor, first: float, labels: int) -> Tensor:
    if target.ndim == 1:
        known = ~target.isnan() & (target >= 0)
        shares = F.one_hot(torch.where(known, target, 0).long(), labels).to(torch.get_default_dtype())
        target = torch.where(known[:, None], shares, torch.nan)
    return first * target + (1 - first) * target[other]


class Mixup(Mixing):
    """Mixup: ``x = l x_1 + (1 - l) x_2``, and the same for the targets (Zhang et al., ICLR 2018)."""

    def mixed(self, inputs: Tensor, others: Tensor, first: float) -> tuple[Tensor, float]:
        """Return the weighted means, rounded for uint8 images, and the weight of the first inputs."""
        if inputs.is_floating_point():
            return first * inputs + (1 - first) * others, first
        return (first * inputs.float() + (1 - first) * others.float()).round().to(inputs.dtype), first


class CutMix(Mixing):
    """CutMix: replaces a rectangle by another image's, and mixes targets by its area (Yun et al., ICCV 2019)."""

    def mixed(self, inputs: Tensor, others: Tensor, first: float) -> tuple[Tensor, float]:
        """Return images with a replaced rectangle of at most 1 - ``first`` of the area, and the remaining fraction."""
        if inputs.ndim != 4:
            raise InputError("cutmix of inputs that are not images", expected="images", fix="training.mix: mixup")
        height, width = inputs.shape[-2:]
        side = math.sqrt(1 - first)
        middle = torch.rand(2).tolist()
        rows, columns = (
            slice(max(round(size * (at - side / 2)), 0), min(round(size * (at + side / 2)), size))
            for size, at in zip((height, width), middle, strict=True)
        )
        mixed = inputs.clone()
        mixed[..., rows, columns] = others[..., rows, columns]
        cut = (rows.stop - rows.start) * (columns.stop - columns.start)
        return mixed, 1 - cut / (height * width)


MIXINGS = Registry("mixing", "gcnlabel.data", makes=Mixing)
"""Functions ``(*, options)`` that return a :class:`Mixing`."""


@MIXINGS.register("mixup")
def mixup(*, alpha: Alpha = 0.2, share: Share = 1.0) -> Mixup:
    """Return mixup (Zhang et al., ICLR 2018).

    Args:
        alpha: The weight of the first sample is drawn from Beta(alpha, alpha).
        share: Fraction of mixed batches.
    """
    return Mixup(alpha, share)


@MIXINGS.register("cutmix")
def cutmix(*, alpha: Alpha = 1.0, share: Share = 1.0) -> CutMix:
    """Return cutmix (Yun et al., ICCV 2019).

    Args:
        alpha: The weight of the first sample is drawn from Beta(alpha, alpha).
        share: Fraction of mixed batches.
    """
    return CutMix(alpha, share)
