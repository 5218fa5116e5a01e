"""What every backbone is made of: a check of its images, a global pooling, a known number of features."""

from __future__ import annotations

from torch import Tensor, nn

from gcnlabel.errors import InputError, closest


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


class Images(nn.Module):
    """Passes images [B, C, H, W] on, if C is as expected.

    Args:
        channels: C: 1 for grey, 3 for colour.

    Raises:
        InputError: (when called) The input has another shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, images: Tensor) -> Tensor:
        """Return the images as they are."""
        if images.ndim == 4 and images.shape[1] == self.channels:
            return images
        grey = images.ndim == 4 and images.shape[1] == 1
        raise InputError(
            f"images of shape {list(images.shape)}",
            expected=f"[B, {self.channels}, H, W]",
            fix="repeat the grey channel: images.expand(-1, 3, -1, -1), or data.channels: 3" if grey else None,
        )


POOLS: dict[str, type[nn.Module]] = {"max": GlobalMaxPool, "average": GlobalAveragePool}


def pooling(name: str) -> nn.Module:
    """Return a global pooling by name.

    Raises:
        InputError: There is none of that name.
    """
    if name not in POOLS:
        raise InputError(f"unknown pooling {name!r}", expected=" | ".join(POOLS), fix=closest(name, POOLS))
    return POOLS[name]()


class Backbone(nn.Module):
    """A network with a known number of features.

    Args:
        network: Maps inputs to features [B, D].
        out_features: D.
    """

    def __init__(self, network: nn.Module, out_features: int) -> None:
        super().__init__()
        self.network = network
        self.out_features = out_features

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the features [B, D]."""
        return self.network(inputs)
