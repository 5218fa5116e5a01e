"""Random embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import NonNegativeInt, PositiveInt
from torch import Tensor

from gcnlabel.embeddings.embedding import EMBEDDINGS


@EMBEDDINGS.register("random")
def random_embeddings(
    labels: Sequence[str], missing: str = "error", *, size: PositiveInt, seed: NonNegativeInt = 0
) -> Tensor:
    """Return embeddings [L, F] drawn from a standard normal distribution. ``missing`` has no effect.

    Args:
        labels: Names of the labels.
        missing: Ignored: every label has a vector.
        size: Size of the embeddings, F.
        seed: Random seed.
    """
    return torch.randn(len(labels), size, generator=torch.Generator().manual_seed(seed))
