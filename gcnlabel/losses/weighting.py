"""Weightings: combine the losses of tasks into the total that is minimised."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.registry import Registry

WEIGHTINGS = Registry("weighting", "gcnlabel.losses")
"""Functions ``(loss of each task, *, options) -> Weighting``, by name."""


class Weighting(nn.Module):
    """Base class of weightings ``weighting(losses) -> total``.

    A task whose loss is exactly 0 (no observed target in the batch, or a perfect score) must add 0 to the total and
    must not change the state of the weighting.
    """

    @abstractmethod
    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the total of a batch.

        Args:
            losses: Loss of each task, multiplied by its fixed weight.
        """

    def watch(self, model: nn.Module) -> None:
        """Set what the weighting needs of the trained model (e.g. its parameters); by default nothing."""


class FixedWeights(Weighting):
    """``total = sum of losses``, which are multiplied by their fixed weights already.

    Example:
        >>> FixedWeights()({"mood": torch.tensor(2.0), "affect": torch.tensor(0.5)})
        tensor(2.5000)
    """

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the sum."""
        return sum(losses.values(), start=next(iter(losses.values())) * 0)


def observed(losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the losses that are not 0, those of tasks with observed targets in the batch.

    Example:
        >>> observed({"mood": torch.tensor(0.5), "affect": torch.tensor(0.0)})
        {'mood': tensor(0.5000)}
    """
    counts = torch.stack(
        [loss.detach() != 0 for loss in losses.values()]
    ).tolist()  # one synchronisation with the device
    return {name: loss for (name, loss), counted in zip(losses.items(), counts, strict=True) if counted}


def effective_weights(total: Tensor, losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weight ``d total / d loss`` of each task in a total, for any weighting.

    Tasks whose loss is 0, and those that the total does not depend on, are left out.

    Args:
        total: Scalar, with its graph.
        losses: Loss of each task, a scalar of that graph.

    Example:
        >>> losses = {name: torch.tensor(value, requires_grad=True) for name, value in {"a": 3.0, "b": 2.0}.items()}
        >>> effective_weights(losses["a"] ** 2, losses)
        {'a': tensor(6.)}
    """
    seen = observed(losses)
    if not seen:
        return {}
    found = torch.autograd.grad(total, list(seen.values()), retain_graph=True, allow_unused=True)
    return {name: weight for name, weight in zip(seen, found, strict=True) if weight is not None}


@WEIGHTINGS.register("fixed")
def fixed(losses: Mapping[str, TaskLoss]) -> FixedWeights:
    """Return the weighting by fixed weights: the sum of the losses times their weights."""
    return FixedWeights()
