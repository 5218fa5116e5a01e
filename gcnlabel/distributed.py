"""Sums over the processes of distributed training, with gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist
from torch.autograd.function import once_differentiable


def processes() -> int:
    """Return the number of processes that train together, 1 when there is no process group."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def sum_over_processes(values: Tensor) -> Tensor:
    """Return the sum of ``values`` over all processes; ``values`` itself for a single process.

    Every process must call it, in the same order, in forward and backward passes. Its gradient is the sum of the
    processes' gradients: if all compute the same loss, this is ``number of processes * gradient``, and the average over
    processes in distributed training is the gradient of one process with all samples.
    """
    if processes() == 1:
        return values
    result: Tensor = _Sum.apply(values)
    return result


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        total = grad.contiguous().clone()
        dist.all_reduce(total)
        return total
