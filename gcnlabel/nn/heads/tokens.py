"""Maps from features of a sample to tokens, for heads with attention."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from gcnlabel.errors import InputError

TokenCount = Annotated[int, Field(ge=2)]


class TokenMap(nn.Module):
    """Base class of maps from features [B, D] to tokens [B, M, width].

    Attributes:
        shape: M and the width.
    """

    shape: tuple[int, int]

    @abstractmethod
    def forward(self, features: Tensor) -> Tensor:
        """Return tokens [B, M, width] of features [B, D]."""

    @abstractmethod
    def gathered(self, activations: Tensor) -> Tensor:
        """Return pooled activations [B, L] of activations of tokens [B, M, L]."""


class Tokens(TokenMap):
    """M tokens of pooled features, each by its own linear map: ``tᵢ = Uᵢ x + cᵢ``.

    They replace the positions of a feature map, which pooling removes. At least two are needed: with one token,
    attention is constant.

    Args:
        in_features: Size of the features, D.
        tokens: Number of tokens, M.
        width: Size of each token.

    Raises:
        InputError: ``tokens`` is less than 2, or ``width`` less than 1.

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
        """Return the mean over tokens [B, L]."""
        return activations.mean(1)


class Positions(TokenMap):
    """The positions of a feature map as tokens, by one linear map: ``tᵢ = U xᵢ + cᵢ``, with ``cᵢ`` 0 at the start.

    The features are those of a backbone with ``pool: none``: the C channels of each position, concatenated.

    Args:
        in_features: Size of the features, D = M C.
        channels: Channels of the map, C.
        width: Size of each token.

    Raises:
        InputError: The features are not those of at least two positions with ``channels`` channels.

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
        """Return the maximum over positions [B, L]."""
        return activations.amax(1)


def token_map(in_features: int, tokens: int, width: int, channels: int | None) -> TokenMap:
    """Return :class:`Tokens`, or :class:`Positions` if the channels of a feature map are given."""
    return Tokens(in_features, tokens, width) if channels is None else Positions(in_features, channels, width)


def _checked(tokens: int, width: int) -> tuple[int, int]:
    if tokens < 2 or width < 1:
        raise InputError(f"{tokens} tokens of size {width}", expected="at least 2 tokens, of at least 1")
    return tokens, width
