"""The default loss of a task."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.losses.task_loss import LOSSES, TaskLoss, make_loss
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task


@LOSSES.register("default")
def default(task: Task, *, class_weights: ClassWeights = False) -> TaskLoss:
    """Return the default loss of the task's type: cross_entropy, bce or ccc.

    Args:
        task: The task.
        class_weights: Class weights as for ``cross_entropy`` or ``bce``.

    Raises:
        InputError: Class weights are given for dimensions.
    """
    if not class_weights:
        return make_loss(task, task.loss)
    if not task.discrete:
        raise InputError(f"loss.{task.name}.class_weights", expected="a task of classes or tags")
    return make_loss(task, {"name": task.loss, "class_weights": class_weights})
