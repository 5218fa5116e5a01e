"""Features of a sample -> several tokens, for heads that attend."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gcnlabel.errors import InputError

TokenCount = Annotated[int, Field(ge=2)]


class TokenMap(nn.Module):
    """Features [B, D] -> tokens [B, M, width].

    Attributes:
        shape: M and the width.
    """

    shape: tuple[int, int]

    @abstractmethod
    def forward(self, features: Tensor) -> Tensor:
        """Return tokens [B, M, width] of features [B, D]."""

    @abstractmethod
    def gathered(self, activations: Tensor) -> Tensor:
        """Return what activations of tokens [B, M, L] say together, [B, L]."""


class Tokens(TokenMap):
    """Features -> M tokens, by a linear map of its own for each: ``tᵢ = Uᵢ x + cᵢ``.

    They replace the positions of a feature map, which a pooled backbone no longer has. There must be at least two:
    with one token, attention is constant.

    Args:
        in_features: Size of the features, D.
        tokens: Number of tokens, M.
        width: Size of each.

    Raises:
        InputError: There are fewer than two tokens, or they have no size.

    Example:
        >>> Tokens(4, tokens=2, width=3)(torch.zeros(5, 4)).shape
        torch.Size([5, 2, 3])
    """

    def __init__(self, in_features: int, tokens: int, width: int) -> None:
        super().__init__()
        self.shape = _checked(tokens, width)
        self.linear = nn.Linear(in_features, tokens * width)

    def forward(self, features: Tensor) -> Tensor:
        """Return tokens [B, M, width] of features [B, D]."""
        return self.linear(features).unflatten(1, self.shape)

    def gathered(self, activations: Tensor) -> Tensor:
        """Return the mean over tokens, which have no place in the sample."""
        return activations.mean(1)


class Positions(TokenMap):
    """The positions of a feature map as tokens, by one linear map: ``tᵢ = U xᵢ + cᵢ``, with ``cᵢ`` 0 at the start.

    The features are those of a backbone with ``pool: none``: of position after position, C of each.

    Args:
        in_features: Size of the features, D = M C.
        channels: Channels of the map, C.
        width: Size of each token.

    Raises:
        InputError: The features are not of two positions or more, of so many channels.

    Example:
        >>> Positions(8, channels=4, width=3)(torch.zeros(5, 8)).shape
        torch.Size([5, 2, 3])
    """

    def __init__(self, in_features: int, channels: int, width: int) -> None:
        super().__init__()
        if in_features % channels or in_features == channels:
            raise InputError(
                f"{in_features} features are no map of {channels} channels with several positions",
                expected="model.backbone.pool: none, and the channels of its map",
            )
        self.channels = channels
        self.shape = _checked(in_features // channels, width)
        self.linear = nn.Linear(channels, width, bias=False)
        self.place = nn.Parameter(torch.zeros(self.shape))

    def forward(self, features: Tensor) -> Tensor:
        """Return tokens [B, M, width] of features [B, M C]."""
        return self.linear(features.unflatten(1, (-1, self.channels))) + self.place

    def gathered(self, activations: Tensor) -> Tensor:
        """Return the maximum over positions: what is anywhere in a picture is in it."""
        return activations.amax(1)


def token_map(in_features: int, tokens: int, width: int, channels: int | None) -> TokenMap:
    """Return tokens of pooled features, or of the positions of a map where its channels are given."""
    return Tokens(in_features, tokens, width) if channels is None else Positions(in_features, channels, width)


def _checked(tokens: int, width: int) -> tuple[int, int]:
    if tokens < 2 or width < 1:
        raise InputError(f"{tokens} tokens of size {width}", expected="at least 2 tokens, of at least 1")
    return tokens, width
