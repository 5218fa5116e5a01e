"""Base classes of losses of one task, which ignore missing targets."""

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
        weight: Its weight in the total; null for 0.1 for dimensions together with classes or tags, and 1 otherwise.
    """

    weight: Annotated[float, Field(ge=0)] | None = None


class TaskLoss(nn.Module):
    """Base class of losses ``loss(scores, targets) -> scalar`` over observed targets; 0 if none is observed.

    When several processes train together, it is the loss over the samples of all processes, so that the gradient is
    that of one process with the same samples.

    Attributes:
        takes: Description of the allowed targets, for messages.
        of_dimensions: Whether it compares values of continuous dimensions.
        learned_factor: Factor of the loss in :class:`UncertaintyWeighting`: 1/2 for the negative log-likelihood of a
            Gaussian.
    """

    takes = "finite numbers, or NaN where missing"
    of_dimensions = False
    learned_factor = 1.0

    @abstractmethod
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            scores: [B, labels of the task].
            targets: Class indices [B], -1 or NaN = missing; or [B, labels of the task], NaN = missing (class
                distributions for a categorical task).
        """

    def fit(self, annotations: Annotations, task: str) -> None:
        """Set what the loss computes from the annotations of the training split (e.g. weights); by default nothing."""

    def target_shapes(self, scores: torch.Size) -> tuple[torch.Size, ...]:
        """Return the allowed shapes of targets for the shape of scores."""
        return (scores,)

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which targets are not allowed, bool, of their shape."""
        return targets.isinf()


LOSSES = Registry("loss", "gcnlabel.losses", form=LossPart, default="default", makes=TaskLoss)
"""Functions ``(task, *, options) -> TaskLoss``, by name; ``suits`` is the kind of targets of suitable tasks."""


def make_loss(task: Task, loss: Any = "default") -> TaskLoss:
    """Build the loss of a task from its settings.

    Args:
        task: The task.
        loss: A name, or a mapping of a name and options; by default the loss of the task's type.

    Raises:
        InputError: The loss is unknown, or does not suit the type of the task.

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
    """Base class of losses that are weighted means over observed targets."""

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the weighted mean."""
        seen = targets >= 0 if targets.dim() == 1 else ~torch.isnan(targets)
        total, weight = sum_over_processes(torch.stack(self.sums(scores, targets, seen)))
        return total / torch.where(weight > 0, weight, 1).detach()  # 0, with gradients 0, if nothing is observed

    @abstractmethod
    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum of the weighted losses of observed targets, and the sum of the weights."""


class WeighedLoss(MeanLoss):
    """Base class of losses with weights of classes or tags.

    Args:
        class_weights: The weights, or None for equal weights.
        weighing: Setting from which :meth:`fit` computes the weights; false for equal weights.
    """

    class_weights: Tensor | None
    weights_of: Callable[[Any, Annotations, str], Tensor | None]
    """Function from the setting, the annotations and the task's name to the weights."""

    def __init__(self, class_weights: Tensor | None = None, *, weighing: Any = False) -> None:
        super().__init__()
        self.weighing = weighing
        self.register_buffer("class_weights", class_weights, persistent=False)

    def fit(self, annotations: Annotations, task: str) -> None:
        """Set the weights from the frequencies of classes or tags, or as given by the setting."""
        if self.weighing:
            self.class_weights = self.weights_of(self.weighing, annotations, task)


def count(seen: Tensor, like: Tensor) -> Tensor:
    """Return the number of true values in ``seen``, in the dtype of ``like``."""
    return seen.sum().to(like.dtype)
