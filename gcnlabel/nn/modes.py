"""Modes of modules, training or evaluation: kept part by part, since a backbone may have frozen parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


def with_modes_of(other: nn.Module, module: M) -> M:
    """Return a module with each part in the mode that the part of the same name has in another module."""
    modes = {name: part.training for name, part in other.named_modules()}
    for name, part in module.named_modules():
        part.training = modes[name]
    return module


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Put a module into evaluation mode, and each of its parts back into its own mode after the ``with`` block.

    Example:
        >>> network = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(2).eval())
        >>> with evaluating(network):
        ...     [part.training for part in network]
        [False, False]
        >>> [part.training for part in network]
        [True, False]
    """
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode
