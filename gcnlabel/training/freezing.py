"""Freeze and unfreeze the backbone or head of a model."""

from __future__ import annotations

from torch import nn

FROZEN = "_frozen"
"""Attribute that holds the parameters to unfreeze, and the modes of all parts before."""


def freeze(module: nn.Module, *, frozen: bool) -> None:
    """Freeze a module's parameters and batch-norm statistics, or unfreeze them.

    Parameters that did not require gradients before, and parts that were in evaluation mode, are not changed.
    """
    held = getattr(module, FROZEN, None)
    if frozen and held is None:
        parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        held = parameters, {part: part.training for part in module.modules()}
        object.__setattr__(module, FROZEN, held)
    if held is None:
        return
    parameters, modes = held
    for parameter in parameters:
        parameter.requires_grad_(not frozen)
    for part, mode in modes.items():
        part.training = mode and not frozen
    if not frozen:
        object.__delattr__(module, FROZEN)
