"""The loss of a task for which none is named."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.losses.task_loss import LOSSES, TaskLoss, make_loss
from gcnlabel.tasks import Task


@LOSSES.register("default")
def default(task: Task, *, class_weights: bool = False) -> TaskLoss:
    """Return the loss of the task's type: cross_entropy, bce or ccc.

    Args:
        task: The task.
        class_weights: For classes, see ``cross_entropy``.

    Raises:
        InputError: Class weights of a task without classes.
    """
    if not class_weights:
        return make_loss(task, task.loss)
    if not task.exclusive:
        raise InputError(f"loss.{task.name}.class_weights", expected="a categorical task")
    return make_loss(task, {"name": task.loss, "class_weights": True})
