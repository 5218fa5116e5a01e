"""What every loss of one task is. Missing targets are left out; a task without any adds 0."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import Field
from torch import Tensor, nn

from gcnlabel.annotations import Annotations
from gcnlabel.distributed import sum_over_processes
from gcnlabel.errors import InputError, closest
from gcnlabel.registry import Part, Registry
from gcnlabel.tasks import Task

Focus = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class LossPart(Part):
    """Name and options of the loss of one task.

    Attributes:
        weight: Its weight in the total; null for 0.1 of dimensions beside classes or tags, and 1 of all else.
    """

    weight: Annotated[float, Field(ge=0)] | None = None


class TaskLoss(nn.Module):
    """``loss(scores, targets) -> scalar``: of what is observed, 0 where nothing is.

    When several processes train together, it is the loss of the samples of all of them, so that the gradient is that of
    one process with the same samples.

    Attributes:
        takes: What a target may be, in words.
        of_dimensions: Whether it compares values of continuous dimensions.
        learned_factor: What it is multiplied by beside a learned weight, see :class:`UncertaintyWeighting`: 1/2 for the
            negative log-likelihood of a Gaussian.
    """

    takes = "finite numbers, or NaN where missing"
    of_dimensions = False
    learned_factor = 1.0

    @abstractmethod
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            scores: [B, labels of the task].
            targets: Class indices [B], -1 or NaN = missing; or [B, labels of the task], NaN = missing, which are shares
                for a categorical task.
        """

    def fit(self, annotations: Annotations, task: str) -> None:
        """Take from the annotations of the training split what the loss needs of them: nothing, for most."""

    def target_shapes(self, scores: torch.Size) -> tuple[torch.Size, ...]:
        """Return the shapes that targets of scores of a shape may have."""
        return (scores,)

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which targets this loss cannot take, of their shape."""
        return targets.isinf()


LOSSES = Registry("loss", "gcnlabel.losses", form=LossPart, default="default", makes=TaskLoss)
"""Makes a :class:`TaskLoss`: ``(task, *, options) -> TaskLoss``; registered with the targets of a task it ``suits``."""


def make_loss(task: Task, loss: Any = "default") -> TaskLoss:
    """Return a loss of a task.

    Args:
        task: The task.
        loss: A name, or a mapping of a name and options; by default the loss of the task's type.

    Raises:
        InputError: There is no such loss, or it does not suit the type of the task.

    Example:
        >>> from gcnlabel.tasks import Dimensional
        >>> make_loss(Dimensional("affect", ("valence",)))
        CCCLoss()
    """
    settings = LOSSES.parse(loss)
    if _suits(settings.name, task):
        made: TaskLoss = LOSSES.make(settings, task)
        made.of_dimensions = not task.discrete
        return made
    suitable = [name for name in LOSSES.names() if _suits(name, task)]
    raise InputError(
        f"loss {settings.name!r} does not suit the {task.type} task {task.name!r}",
        expected=" | ".join(suitable),
        fix=closest(settings.name, suitable),
    )


def _suits(name: str, task: Task) -> bool:
    return getattr(LOSSES.resolve(name), "suits", task.targets) == task.targets


class MeanLoss(TaskLoss):
    """A loss that is a weighted mean over what is observed."""

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the weighted mean."""
        seen = targets >= 0 if targets.dim() == 1 else ~torch.isnan(targets)
        total, weight = sum_over_processes(torch.stack(self.sums(scores, targets, seen)))
        return total / torch.where(weight > 0, weight, 1).detach()  # zero, with zero gradients, where nothing is seen

    @abstractmethod
    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum of the weighted losses of what is observed, and the sum of the weights."""


class WeighedLoss(MeanLoss):
    """A loss of classes or tags that may weigh some more.

    Args:
        class_weights: The weights, or None for equal ones.
        weighing: What :meth:`fit` makes them of; false for none.
    """

    class_weights: Tensor | None
    weights_of: Callable[[Any, Annotations, str], Tensor | None]
    """Makes the weights of what is asked for and the annotations of a task."""

    def __init__(self, class_weights: Tensor | None = None, *, weighing: Any = False) -> None:
        super().__init__()
        self.weighing = weighing
        self.register_buffer("class_weights", class_weights, persistent=False)

    def fit(self, annotations: Annotations, task: str) -> None:
        """Weigh by how often each occurs, or as it is said."""
        if self.weighing:
            self.class_weights = self.weights_of(self.weighing, annotations, task)


def count(seen: Tensor, like: Tensor) -> Tensor:
    """Return the number of what is observed, as a number like others."""
    return seen.sum().to(like.dtype)
