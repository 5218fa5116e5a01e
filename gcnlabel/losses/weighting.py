"""From the losses of the tasks to the one number that is minimised."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.registry import Registry

WEIGHTINGS = Registry("weighting", "gcnlabel.losses")
"""Makes a :class:`Weighting`: ``(loss of each task, *, options) -> Weighting``."""


class Weighting(nn.Module):
    """``weighting(losses) -> total``: how much each task counts.

    A task whose loss is exactly 0 had no observed target in the batch, or nothing left to learn from it: it must add
    nothing, and must move nothing that the weighting learns.
    """

    @abstractmethod
    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the total of a batch.

        Args:
            losses: Loss of each task, already times its fixed weight.
        """

    def watch(self, model: nn.Module) -> None:
        """Take what it needs of the model that the losses train: nothing, for most."""


class FixedWeights(Weighting):
    """``total = sum of losses``: the fixed weights, which the losses bear already, are the only ones.

    Example:
        >>> FixedWeights()({"mood": torch.tensor(2.0), "affect": torch.tensor(0.5)})
        tensor(2.5000)
    """

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the sum."""
        return sum(losses.values(), start=next(iter(losses.values())) * 0)


def observed(losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the losses that are not 0: those of tasks of which a batch observes something.

    Example:
        >>> observed({"mood": torch.tensor(0.5), "affect": torch.tensor(0.0)})
        {'mood': tensor(0.5000)}
    """
    counts = torch.stack([loss.detach() != 0 for loss in losses.values()]).tolist()  # waits for the device once
    return {name: loss for (name, loss), counted in zip(losses.items(), counts, strict=True) if counted}


def effective_weights(total: Tensor, losses: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weight ``d total / d loss`` that a task had in a total, whatever the total was made by.

    Tasks of which nothing was observed, whose loss is 0, and those that the total does not depend on are left out.

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
    """Return the sum of the losses, times their fixed weights."""
    return FixedWeights()
