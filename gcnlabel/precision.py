"""Disable autocast where half precision is too inaccurate."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

AUTOCAST = frozenset(kind for kind in ("cpu", "cuda", "xpu", "mps", "hpu") if torch.amp.is_autocast_available(kind))
"""Device types with autocast; determined at import, since compilers cannot trace the call."""


def full_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Return a context that disables autocast; an empty context if it is off, so that exported programs contain none.

    Example:
        >>> with torch.autocast("cpu", torch.bfloat16), full_precision(torch.device("cpu")):
        ...     (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
        torch.float32
    """
    kind = device.type
    on = kind in AUTOCAST and torch.is_autocast_enabled(kind)
    return torch.autocast(kind, enabled=False) if on else nullcontext()
