"""Global poolings of feature maps."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from gcnlabel.errors import InputError, closest

Pool = Literal["max", "average", "none"]


class GlobalMaxPool(nn.Module):
    """Highest activation of each channel: [B, C, H, W] -> [B, C] (Emotion-GCN, Eq. 1)."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return the pooled features."""
        return maps.amax(dim=(2, 3))


class GlobalAveragePool(nn.Module):
    """Mean activation of each channel: [B, C, H, W] -> [B, C]."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return the pooled features."""
        return maps.mean(dim=(2, 3))


class NoPool(nn.Module):
    """No pooling, the channels of all positions: [B, C, H, W] -> [B, H W C], for heads that take ``channels``."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return the features of all positions."""
        return maps.flatten(2).transpose(1, 2).flatten(1)


POOLS: dict[str, type[nn.Module]] = {"max": GlobalMaxPool, "average": GlobalAveragePool, "none": NoPool}


def pooling(name: str) -> nn.Module:
    """Return a global pooling by name.

    Raises:
        InputError: The name is unknown.
    """
    if name not in POOLS:
        raise InputError(f"unknown pooling {name!r}", expected=" | ".join(POOLS), fix=closest(name, POOLS))
    return POOLS[name]()
