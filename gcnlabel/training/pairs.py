"""Split and join batches of inputs and targets by task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError


def split_batch(batch: Any, *, alone: bool = False) -> tuple[Any, dict[str, Tensor]]:
    """Return inputs and targets by task of a batch.

    Args:
        batch: A pair ``(inputs, {task: target})``.
        alone: Whether inputs without targets are allowed.

    Raises:
        InputError: The batch has another form.

    Example:
        >>> split_batch([torch.zeros(2, 3)], alone=True)[1]
        {}
    """
    several = isinstance(batch, tuple | list)
    if several and len(batch) == 2 and isinstance(batch[1], Mapping):
        for name, target in batch[1].items():
            if not isinstance(target, Tensor):
                what = f"targets of task {name!r} in a batch are a {type(target).__name__}, no tensor"
                fix = "use numbers or tensors as targets of a sample: a DataLoader makes lists of lists and texts"
                raise InputError(what, expected="a tensor of the samples of the batch", fix=fix)
        return batch[0], dict(batch[1])
    if alone:
        return (batch[0] if several else batch), {}
    raise InputError(
        f"a batch {f'of {len(batch)} parts' if several else f'that is a {type(batch).__name__}'}",
        expected="a pair (inputs, {task: target})",
        fix="return (input, {task: target}) for each item of the dataset",
    )


def concatenate(parts: Iterable[dict[str, Tensor]], dim: int = 0) -> dict[str, Tensor]:
    """Return batches of scores or targets, each a dict by task, concatenated along a dimension.

    Example:
        >>> concatenate([{"tags": torch.zeros(2, 3)}, {"tags": torch.zeros(1, 3)}])["tags"].shape
        torch.Size([3, 3])
    """
    parts = list(parts)
    return {name: torch.cat([part[name] for part in parts], dim) for name in parts[0]}


def mean_losses(found: Sequence[tuple[Tensor, Mapping[str, Tensor]]]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the mean of total losses, and of the losses of each task."""
    totals, parts = zip(*found, strict=True)
    return torch.stack(totals).mean(), {name: torch.stack([of[name] for of in parts]).mean() for name in parts[0]}
