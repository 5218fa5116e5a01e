"""Scaling of the grey values of images before a backbone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gcnlabel.constants import register_constants

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class ScaleImages(nn.Module):
    """Map grey values 0..255 to -1..1."""

    def forward(self, images: Tensor) -> Tensor:
        """Return float images [B, C, H, W]."""
        return images.to(torch.get_default_dtype(), copy=True).div_(127.5).sub_(1)  # without further memory


class ScaleToImageNet(nn.Module):
    """Map grey values 0..255 of colour images to ``(value / 255 - mean) / deviation``, with statistics of ImageNet.

    torchvision's weights and both released codes expect this. The constants of the channels are not in the state_dict.

    Example:
        >>> white = torch.full((1, 3, 1, 1), 255, dtype=torch.uint8)
        >>> round(ScaleToImageNet()(white)[0, 0].item(), 4)  # (1 - 0.485) / 0.229
        2.2489
    """

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
        register_constants(self, mean=mean, std=std)

    def forward(self, images: Tensor) -> Tensor:
        """Return float images [B, 3, H, W]."""
        return images.to(self.mean.dtype, copy=True).div_(255).sub_(self.mean).div_(self.std)
