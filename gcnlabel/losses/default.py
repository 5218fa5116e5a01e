"""The loss of a task for which none is named."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.losses.task_loss import LOSSES, TaskLoss, make_loss
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task


@LOSSES.register("default")
def default(task: Task, *, class_weights: ClassWeights = False) -> TaskLoss:
    """Return the loss of the task's type: cross_entropy, bce or ccc.

    Args:
        task: The task.
        class_weights: What ``cross_entropy`` takes for classes, and ``bce`` for tags.

    Raises:
        InputError: Class weights of dimensions.
    """
    if not class_weights:
        return make_loss(task, task.loss)
    if not task.discrete:
        raise InputError(f"loss.{task.name}.class_weights", expected="a task of classes or tags")
    return make_loss(task, {"name": task.loss, "class_weights": class_weights})
