"""Selection of the best epoch, for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.losses import MultiTaskLoss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.metrics.main_metrics import mean_main_metric
from gcnlabel.tasks import TaskSet

LOSS, MAIN = "loss", "main"


@dataclass(frozen=True)
class Selection:
    """Metric of a split by which the best epoch is selected; of several best epochs, the first.

    Attributes:
        metric: ``loss``, ``main`` (the mean over tasks of macro-F1, LRAP or mean CCC, see
            :mod:`gcnlabel.metrics.main_metrics`) or ``task/metric``.
        mode: Whether lower (``min``) or higher (``max``) values are better.
        split: The split.

    Example:
        >>> Selection("tags/mAP", "max").name
        'val/tags/mAP'
    """

    metric: str = LOSS
    mode: Literal["min", "max"] = "min"
    split: str = "val"

    @property
    def name(self) -> str:
        """Name of the metric in logs."""
        return f"{self.split}/{self.metric}"

    def value(
        self, loss: MultiTaskLoss, tasks: TaskSet, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]
    ) -> float:
        """Return the metric of the scores of a split, negated if lower values are better.

        It is rounded to float32, as Lightning logs it: smaller differences are no improvement.
        """
        if self.metric == LOSS:
            found = float(loss(scores, targets)[0])
        elif self.metric == MAIN:
            found = mean_main_metric(tasks, scores, targets)
        else:
            task, metric = task_and_metric(self.metric, tasks)
            found = _measured(tasks, task, scores[task], targets[task])[metric]
        return float(np.float32(-found if self.mode == "min" else found))

    def check(self, tasks: TaskSet, targets: Mapping[str, Tensor]) -> None:
        """Check that the metric exists for targets of the split.

        Raises:
            InputError: It does not; the message names the closest one.
        """
        known = [LOSS, MAIN]
        for task in tasks:
            scores = torch.randn(len(targets[task.name]), len(task), generator=torch.Generator().manual_seed(0))
            values = _measured(tasks, task.name, scores, targets[task.name])
            known += [f"{task.name}/{name}" for name in values]
        if self.metric not in known:
            raise InputError(
                f"select.metric: no metric {self.metric!r} on the {self.split} split",
                expected=shorten(known, limit=40),
                fix=closest(self.metric, known),
            )


def task_and_metric(name: str, tasks: TaskSet) -> tuple[str, str]:
    """Return task and metric of ``task/metric``; either may contain a slash. Two empty texts for other names.

    Example:
        >>> from gcnlabel.tasks import Dimensional
        >>> task_and_metric("film/a/year/ccc", TaskSet([Dimensional("film/a", ["year"])]))
        ('film/a', 'year/ccc')
    """
    named = [task for task in tasks.names if name.startswith(f"{task}/")]
    task = max(named, key=len, default="")
    return task, name[len(task) + 1 :] if task else ""


def _measured(tasks: TaskSet, task: str, scores: Tensor, targets: Tensor) -> dict[str, float]:
    """Return every metric of a task that is a number."""
    metric = TaskMetrics(tasks[task], sync_on_compute=False)
    metric.update(scores, targets)
    return {name: value for name, value in metric.compute().items() if isinstance(value, float)}
