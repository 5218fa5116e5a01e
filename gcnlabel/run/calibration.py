"""What is done to the predictions of dimensions after training: by which method, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from gcnlabel.calibration import calibrated
from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.parts import Part
from gcnlabel.tasks import TaskSet
from gcnlabel.training.selection import MAIN, task_and_metric

CALIBRATION = "calibration"
"""Key of a checkpoint: the line that says how it was calibrated."""


def calibration_methods(config: Config, tasks: TaskSet) -> dict[str, str]:
    """Return how each dimensional task is calibrated: task -> ``moments`` or ``regression``; none where it is not.

    ``calibrate: auto`` is what the numbers of the task are judged by. Where the metric that selects the checkpoint is
    of the task, that metric says it: CCC asks for moments, RMSE for regression; ``main`` asks for CCC. Otherwise the
    loss of the task does: ``ccc`` for moments, ``mse`` for regression.

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
    model: MultiTaskModel, part: Part, methods: Mapping[str, str], score: Callable[[Part], Mapping[str, Tensor]]
) -> str:
    """Calibrate a model on the samples of a part that annotate a dimension, and return in a line what was done.

    Args:
        model: A trained model; its units are replaced.
        part: What it was trained on.
        methods: Of each dimensional task, see :func:`calibration_methods`.
        score: Returns the model's standard scores of the samples of a part, in evaluation mode, not augmented.
    """
    targets = part.annotations.targets
    seen = np.any([~np.isnan(targets[name]).all(1) for name in methods], axis=0)
    part = part if seen.all() else part.select(np.flatnonzero(seen))
    nothing = {name: torch.empty(0, len(part.annotations.tasks[name])) for name in methods}
    found = score(part) if seen.any() else nothing
    model.units, said = calibrated(model.units, found, part.annotations.targets, methods)
    return said
