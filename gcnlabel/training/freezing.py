"""Freeze and unfreeze the backbone or head of a model."""

from __future__ import annotations

from torch import nn

FROZEN = "_frozen"
"""Attribute that holds the parameters to unfreeze."""


def freeze(module: nn.Module, *, frozen: bool) -> None:
    """Freeze a module's parameters and batch-norm statistics, or unfreeze them.

    Parameters that did not require gradients before are not changed.
    """
    held = getattr(module, FROZEN, None)
    if frozen and held is None:
        held = [parameter for parameter in module.parameters() if parameter.requires_grad]
        object.__setattr__(module, FROZEN, held)
    if held is None:
        return
    for parameter in held:
        parameter.requires_grad_(not frozen)
    module.train(not frozen)
    if not frozen:
        object.__delattr__(module, FROZEN)
