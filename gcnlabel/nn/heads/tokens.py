"""Features of a sample -> several tokens, for heads that attend."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import Tensor, nn

from gcnlabel.errors import InputError

TokenCount = Annotated[int, Field(ge=2)]


class Tokens(nn.Module):
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
        >>> import torch
        >>> Tokens(4, tokens=2, width=3)(torch.zeros(5, 4)).shape
        torch.Size([5, 2, 3])
    """

    def __init__(self, in_features: int, tokens: int, width: int) -> None:
        super().__init__()
        if tokens < 2 or width < 1:
            raise InputError(f"{tokens} tokens of size {width}", expected="at least 2 tokens, of at least 1")
        self.shape = (tokens, width)
        self.linear = nn.Linear(in_features, tokens * width)

    def forward(self, features: Tensor) -> Tensor:
        """Return tokens [B, M, width] of features [B, D]."""
        return self.linear(features).unflatten(1, self.shape)
