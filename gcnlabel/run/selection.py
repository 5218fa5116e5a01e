"""The metric that selects the checkpoint."""

from __future__ import annotations

import torch

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.metrics import TaskMetrics
from gcnlabel.run.data import RunData


def check_selection(config: Config, data: RunData) -> None:
    """Check that the metric that selects the checkpoint exists on this data.

    Raises:
        InputError: It does not; the closest one is named.
    """
    known = ["loss"]
    for task in data.tasks:
        targets = targets_to_tensors(data.parts[config.select.split].annotations)[task.name]
        metric = TaskMetrics(task, sync_on_compute=False)
        metric.update(torch.randn(len(targets), len(task), generator=torch.Generator().manual_seed(0)), targets)
        known += [f"{task.name}/{name}" for name, value in metric.compute().items() if isinstance(value, float)]
    if config.select.metric not in known:
        raise InputError(
            f"select.metric: no metric {config.select.metric!r} on the {config.select.split} split",
            expected=shorten(known, limit=40),
            fix=closest(config.select.metric, known),
        )
