"""Stacking: a ridge regression of each dimension on the scores of classes and tags."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.calibration import correction
from gcnlabel.ccc import ccc
from gcnlabel.tasks import TaskSet
from gcnlabel.units import Units

PENALTIES = tuple(10.0**k for k in range(-2, 5))
Floats = npt.NDArray[np.float64]
Scores = Mapping[str, Tensor]


def stack(
    tasks: TaskSet, scores: Mapping[str, Scores], targets: Mapping[str, Scores], methods: Mapping[str, str]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the scores of the val and test split, with dimensions predicted by the ridge regression.

    It is fitted and calibrated on the training split; the penalty with the highest CCC on the val split is selected.
    Values are bounded by the declared range, as for any head.

    Args:
        tasks: Tasks with at least one of classes or tags.
        scores: ``train``, ``val`` and ``test`` -> scores of each task.
        targets: ``train`` and ``val`` -> targets of each task.
        methods: Calibration of dimensional tasks, see :func:`gcnlabel.run.calibration.calibration_methods`.
    """
    discrete = [task.name for task in tasks if task.discrete]
    x = {part: torch.cat([of[name] for name in discrete], 1).double().numpy() for part, of in scores.items()}
    val, test = ({name: of_task.clone() for name, of_task in scores[part].items()} for part in ("val", "test"))
    for task in tasks:
        if not task.discrete:
            for d in range(len(task)):
                y = {part: targets[part][task.name][:, d].double() for part in ("train", "val")}
                val[task.name][:, d], test[task.name][:, d] = _ridge(x, y, methods.get(task.name))
    bounded = Units(tasks).eval()
    return bounded(val), bounded(test)


def _ridge(x: Mapping[str, Floats], y: Mapping[str, Tensor], by: str | None) -> tuple[Tensor, Tensor]:
    """Return the predictions of a dimension for the val and test split."""
    seen = {part: ~torch.isnan(values).numpy() for part, values in y.items()}
    a, b = x["train"][seen["train"]], y["train"].numpy()[seen["train"]]
    best, chosen = -np.inf, (torch.zeros(len(x["val"])), torch.zeros(len(x["test"])))
    for penalty in PENALTIES if len(b) else ():
        weights, offset = ridge_weights(a, b, penalty)
        if by is not None:
            found = correction((a - a.mean(0)) @ weights, b - b.mean(), by)
            weights = found.slope * weights
            offset = b.mean() + found.offset - a.mean(0) @ weights
        val, test = (torch.from_numpy(x[part] @ weights + offset) for part in ("val", "test"))
        value = float(ccc(val[:, None], y["val"][:, None]))
        if value > best:
            best, chosen = value, (val.float(), test.float())
    return chosen


def ridge_weights(x: Floats, y: Floats, penalty: float) -> tuple[Floats, float]:
    """Return weights w and offset c that minimise ``|y - x w - c|² + penalty |w|²``.

    Args:
        x: [N, K].
        y: [N].
        penalty: Weight of the squared weights; the offset is not penalised.

    Example:
        >>> w, c = ridge_weights(np.array([[0.0], [1.0]]), np.array([1.0, 3.0]), 0.5)
        >>> w.round(3).tolist(), round(c, 3)
        ([1.0], 1.5)
    """
    centre, mean = x.mean(0), y.mean()
    dx = x - centre
    weights: Floats = np.linalg.solve(dx.T @ dx + penalty * np.eye(x.shape[1]), dx.T @ (y - mean))
    return weights, float(mean - centre @ weights)
