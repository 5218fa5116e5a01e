"""Calibrate the predictions of dimensions after training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from gcnlabel.calibration import calibrated
from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.run_data import SampleSet
from gcnlabel.tasks import TaskSet
from gcnlabel.training.selection import MAIN, task_and_metric

CALIBRATION = "calibration"
"""Key of a checkpoint for the line that describes its calibration."""


def calibration_methods(config: Config, tasks: TaskSet) -> dict[str, str]:
    """Return the method of each calibrated dimensional task: task -> ``moments`` or ``regression``.

    ``calibrate: auto`` chooses by the metric that selects the checkpoint if it is of the task or ``main`` (moments for
    CCC and ``main``, regression for RMSE), otherwise by the loss of the task (moments for ``ccc``, else regression).

    Args:
        config: The config.
        tasks: Its tasks.

    Raises:
        InputError: The config names a method, and there is no dimensional task.
    """
    dimensional = [task.name for task in tasks if not task.discrete]
    if config.calibrate == "none":
        return {}
    if config.calibrate == "auto":
        return {name: _auto(config, tasks, name) for name in dimensional}
    if not dimensional:
        raise InputError(f"calibrate: {config.calibrate} without a dimensional task", fix="calibrate: auto")
    return dict.fromkeys(dimensional, config.calibrate)


def _auto(config: Config, tasks: TaskSet, task: str) -> str:
    selected, metric = task_and_metric(config.select.metric, tasks)
    if selected == task and metric.endswith(("ccc", "rmse")):
        return "moments" if metric.endswith("ccc") else "regression"
    loss = config.loss[task].name if task in config.loss else "default"
    ccc = (tasks[task].loss if loss == "default" else loss) == "ccc"
    return "moments" if config.select.metric == MAIN or ccc else "regression"


def calibrate(
    model: MultiTaskModel,
    part: SampleSet,
    methods: Mapping[str, str],
    score: Callable[[SampleSet], Mapping[str, Tensor]],
) -> str:
    """Calibrate a model on the samples of a split that annotate a dimension, and return a line that describes it.

    Args:
        model: A trained model; its units are replaced.
        part: The training samples.
        methods: Method of each dimensional task, see :func:`calibration_methods`.
        score: Function from samples to the model's standard scores, in evaluation mode, not augmented.
    """
    targets = part.annotations.targets
    seen = np.any([~np.isnan(targets[name]).all(1) for name in methods], axis=0)
    part = part if seen.all() else part.select(np.flatnonzero(seen))
    nothing = {name: torch.empty(0, len(part.annotations.tasks[name])) for name in methods}
    found = score(part) if seen.any() else nothing
    model.units, said = calibrated(model.units, found, part.annotations.targets, methods)
    return said
