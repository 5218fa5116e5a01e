"""Buffers that are computed when a module is created, and not saved."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn


def register_constants(module: nn.Module, **values: Tensor) -> None:
    """Register buffers that are not saved in checkpoints.

    Loading a checkpoint restores their values, which are lost after ``.to("meta")`` and ``.to_empty(...)``.

    Args:
        module: The module that owns the buffers.
        values: Name -> value.

    Example:
        >>> import torch
        >>> module = nn.Module()
        >>> register_constants(module, order=torch.tensor([2, 0, 1]))
        >>> _ = module.to("meta").to_empty(device="cpu").load_state_dict({})
        >>> module.order.tolist()
        [2, 0, 1]
    """
    for name, value in values.items():
        module.register_buffer(name, value, persistent=False)
    kept = {name: value.clone() for name, value in values.items()}
    module.register_load_state_dict_post_hook(partial(_restore, kept))


def _restore(kept: Mapping[str, Tensor], module: nn.Module, _: Any) -> None:
    for name, value in kept.items():
        buffer = module.get_buffer(name)
        if buffer.is_meta:  # a checkpoint was assigned to a module on "meta": use the device of its tensors
            there = itertools.chain(module.parameters(), module.buffers())
            device = next((tensor.device for tensor in there if not tensor.is_meta), buffer.device)
        else:
            device = buffer.device
        setattr(module, name, value.to(device, buffer.dtype))
