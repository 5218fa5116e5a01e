"""Metrics of a task over a whole data set: batches in, one dict out."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from gcnlabel.metrics.categorical import categorical_metrics, confusion_matrix
from gcnlabel.metrics.dimensional import dimensional_metrics
from gcnlabel.metrics.majority import ties
from gcnlabel.metrics.multilabel import multilabel_metrics
from gcnlabel.tasks import Categorical, MultiLabel, Task


class TaskMetrics(Metric):
    """Collects scores and targets of a task and measures them together, never a mean of batches.

    A ``torchmetrics.Metric``: it synchronises over processes.

    Args:
        task: The task.
        thresholds: Decision thresholds of a multi-label task [labels]; 0 when None.
        options: Of every torchmetrics metric, e.g. ``sync_on_compute=False`` where one process has all samples.
    """

    full_state_update = False
    scores: list[Tensor]
    targets: list[Tensor]

    def __init__(self, task: Task, thresholds: Tensor | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.task = task
        self.thresholds = thresholds
        self.add_state("scores", default=[], dist_reduce_fx="cat")
        self.add_state("targets", default=[], dist_reduce_fx="cat")

    def update(self, scores: Tensor, targets: Tensor) -> None:
        """Add a batch: scores [B, labels of the task] and its targets."""
        self.scores.append(scores.detach())
        self.targets.append(targets)

    def compute(self) -> dict[str, Any]:
        """Return name -> value; names in ``absent`` and ``undefined`` say what could not be measured."""
        scores, targets = dim_zero_cat(self.scores), dim_zero_cat(self.targets)
        if isinstance(self.task, Categorical):
            tied = {"ties": ties(targets)} if ties(targets) else {}
            return categorical_metrics(confusion_matrix(scores, targets), self.task.classes) | tied
        if isinstance(self.task, MultiLabel):
            return multilabel_metrics(scores, targets, self.task.labels, self.thresholds, unknown=self.task.unknown)
        return dimensional_metrics(scores, targets, self.task.labels, getattr(self.task, "range", None))
