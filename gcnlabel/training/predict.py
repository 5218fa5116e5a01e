"""Predict scores of many inputs in chunks, for evaluation, selection, studies and prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from gcnlabel.data.on_demand import as_batch
from gcnlabel.nn.modes import evaluating
from gcnlabel.training.pairs import concatenate

ROWS = {1: 64, 2: 1024, 3: 256, 4: 64}
"""Number of dimensions of inputs (texts 1, features 2, graphs 3, images 4) -> default size of a chunk, which bounds
memory."""

Network = Callable[[Tensor], Mapping[str, Tensor]]


def portions(inputs: Any) -> Iterator[Any]:
    """Yield chunks of features [N, D], images [N, C, H, W] or graphs; images on disk are read when yielded.

    Example:
        >>> [len(portion) for portion in portions(torch.zeros(1100, 3))]
        [1024, 76]
    """
    rows = ROWS.get(inputs.ndim, min(ROWS.values()))
    return (as_batch(inputs[start : start + rows]) for start in range(0, len(inputs), rows))


@torch.no_grad()
def predict(network: Network, batches: Iterable[Any], device: Any = None, *, dim: int = 0) -> dict[str, Tensor]:
    """Return the scores of each task for all inputs, on the CPU.

    Args:
        network: Maps inputs to scores; a module is in evaluation mode meanwhile.
        batches: Inputs [B, ...], or batches of graphs or texts, e.g. :func:`portions` of an array.
        device: Device of the network; None for the CPU.
        dim: Dimension of the samples in the scores.
    """
    with evaluating(network) if isinstance(network, nn.Module) else nullcontext():
        found = (network(inputs.to(device)) for inputs in batches)
        return concatenate(({name: scores.cpu() for name, scores in of_batch.items()} for of_batch in found), dim)
