"""Parts of a model that are not trained for a while."""

from __future__ import annotations

from torch import nn

FROZEN = "_frozen"
"""Attribute that holds the parameters to let go of."""


def freeze(module: nn.Module, *, frozen: bool) -> None:
    """Keep a module's parameters and the moments of its batch norms as they are, or train it again.

    Parameters that are not trained anyway stay so.
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
