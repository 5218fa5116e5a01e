"""Oversample rarely annotated labels, so that every batch contains them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gcnlabel.annotations import Annotations

MIN_ANNOTATED = 16
"""Number of annotated samples of a label that a batch should hold, for stable means and variances (CCC)."""


def rare_rows(annotations: Annotations, batch_size: int) -> Tensor:
    """Return the samples that annotate a label of which a batch holds fewer than 16 on average, int64 [K], sorted.

    A loss can only use the labels that are annotated in its batch; CCC needs at least two samples. A label that every
    sample annotates is never rare, for any size of the batch.

    Args:
        annotations: Annotations of the training split.
        batch_size: Samples in a batch.

    Example:
        >>> from gcnlabel.tasks import Dimensional, TaskSet
        >>> valence = np.full((100, 1), np.nan)
        >>> valence[[7, 3]] = 0.5
        >>> rare_rows(Annotations(TaskSet([Dimensional("affect", ["valence"])]), {"affect": valence}), 32)
        tensor([3, 7])
    """
    rows = np.zeros(len(annotations), dtype=bool)
    if batch_size >= len(annotations):  # a batch holds them all
        return torch.from_numpy(np.flatnonzero(rows))
    for task in annotations.tasks:
        seen = ~np.isnan(annotations.indicators(task.name))
        rare = seen.sum(0) * batch_size < min(MIN_ANNOTATED, batch_size) * len(annotations)
        rows |= (seen & rare).any(1)
    return torch.from_numpy(np.flatnonzero(rows))


def draw_rows(size: int, count: int, batches: int, generator: torch.Generator) -> Tensor:
    """Return ``count`` of ``size`` samples for each batch, int64 [batches, count]; each is drawn before any repeats.

    Raises:
        ValueError: There is no sample to draw from.

    Example:
        >>> draw_rows(4, 2, 2, torch.Generator().manual_seed(0)).flatten().sort().values
        tensor([0, 1, 2, 3])
    """
    if size < 1:
        raise ValueError("no sample to draw from")
    rounds = -(-batches * count // size)
    drawn = torch.cat([torch.randperm(size, generator=generator) for _ in range(rounds)])
    return drawn[: batches * count].view(batches, count)
