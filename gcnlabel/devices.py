"""The device that a model runs on."""

from __future__ import annotations

import torch

from gcnlabel.errors import InputError


def device_named(name: str) -> torch.device:
    """Return a device by its name, for ``auto`` a GPU where there is one and else the CPU.

    Raises:
        InputError: There is no such device.

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
            f"device {name!r} cannot be used: {first}", expected="auto, cpu, or a device that is there"
        ) from error
