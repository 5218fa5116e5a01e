"""One-hot embeddings of labels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gcnlabel.embeddings.embedding import EMBEDDINGS
from gcnlabel.errors import InputError

MAX_ONE_HOT = 20_000
"""Largest number of labels for one-hot embeddings, which take 4 bytes for each pair of labels."""


@EMBEDDINGS.register("one-hot")
def one_hot(labels: Sequence[str], missing: str = "error") -> Tensor:
    """Return the identity matrix [L, L], one dimension per label. ``missing`` has no effect.

    Raises:
        InputError: There are more than :data:`MAX_ONE_HOT` labels.

    Example:
        >>> one_hot(["cat", "dog"]).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    if len(labels) > MAX_ONE_HOT:
        size = 4 * len(labels) ** 2 / 2**30
        raise InputError(
            f"one-hot embeddings of {len(labels)} labels, {size:.0f} GiB", fix="random:256:0, or word vectors"
        )
    return torch.eye(len(labels))
