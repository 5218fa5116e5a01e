"""Dropout with few random bits per unit, which is faster on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn

BITS = 16
"""Random bits per unit; an integer of the generator has those of four units."""


class Dropout(nn.Dropout):
    """``torch.nn.Dropout`` with 16 random bits per unit on a CPU, where it takes about a fifth of the time.

    The dropout probability is rounded to a multiple of 2^-16, and kept units are scaled by the inverse of their
    probability. On other devices, and in compiled or exported programs, it is PyTorch's dropout.

    Example:
        >>> kept = Dropout(0.25)(torch.ones(100, 100))
        >>> sorted(set(kept.flatten().tolist())) == [0.0, float(torch.tensor(1 / 0.75))]
        True
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return the input, in training with random units set to 0 and the others scaled."""
        left_out = round(self.p * 2**BITS)
        if not self.training or not left_out:
            return input
        if input.device.type != "cpu" or left_out == 2**BITS or torch.compiler.is_compiling():
            return super().forward(input)
        drawn = torch.empty(-(-input.numel() // 4), dtype=torch.int64).random_(-(2**63), None).view(torch.int16)
        kept = drawn[: input.numel()].view(input.shape) >= left_out - 2 ** (BITS - 1)
        return input * kept.to(input.dtype).mul_(2**BITS / (2**BITS - left_out))
