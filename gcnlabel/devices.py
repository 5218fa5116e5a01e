"""Choose the device of a model."""

from __future__ import annotations

import torch

from gcnlabel.errors import InputError


def device_named(name: str) -> torch.device:
    """Return a device by its name; ``auto`` is a GPU if there is one, else the CPU.

    Raises:
        InputError: The device cannot be used.

    Example:
        >>> device_named("cpu")
        device(type='cpu')
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.zeros(1, device=name)
        return torch.device(name)
    except (RuntimeError, AssertionError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(
            f"device {name!r} cannot be used: {first}", expected="auto, cpu, or an available device"
        ) from error
