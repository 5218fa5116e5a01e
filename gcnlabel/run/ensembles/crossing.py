"""Cross-fitting: scores of training samples by models trained without their targets, if few samples are held out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.training import Trial, portions, predict

FOLDS = 4
FEW = 100
"""Number of held-out targets of a dimension below which its training targets are cross-fitted."""


def is_crossed(data: RunData) -> bool:
    """Return whether a dimension has few held-out targets, and enough training targets for cross-fitting."""
    for task in data.tasks:
        if not task.discrete:
            held, train = (_seen(data, part, task.name).sum(0) for part in ("val", "train"))
            if bool(((held < FEW) & (train >= 2 * FOLDS)).any()):
                return True
    return False


def folds(data: RunData, seed: int) -> dict[str, npt.NDArray[np.int64]]:
    """Return the fold in which each training target of a dimension is left out: task -> [N, dimensions], -1 if missing.

    Args:
        data: The data.
        seed: Seed of the random folds.
    """
    rng, found = np.random.default_rng(seed), {}
    for task in data.tasks:
        if not task.discrete:
            seen = _seen(data, "train", task.name)
            fold = np.full(seen.shape, -1)
            for d in range(seen.shape[1]):
                rows = rng.permutation(np.flatnonzero(seen[:, d]))
                fold[rows, d] = np.arange(len(rows)) % FOLDS
            found[task.name] = fold
    return found


def left_out_scores(
    config: Config,
    data: RunData,
    makers: Mapping[str, Callable[[RunData], Trial]],
    fit: Callable[[Config, Sequence[Trial]], None],
) -> dict[str, dict[str, Tensor]]:
    """Return base model -> dimensional task -> scores [N, dimensions] of training samples, in standard units.

    Each score is of a model that was trained without the target; NaN without a target.

    Args:
        config: The config.
        data: The data; its test split is not used.
        makers: Base model -> function from data to its trial.
        fit: Trains models, e.g. :func:`gcnlabel.run.side_by_side.fit_trials`.
    """
    fold = folds(data, config.seed)
    parts = list(without(data, fold))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # folds of few samples may lack labels and edges
        trials = [(k, name, make(part)) for k, part in enumerate(parts) for name, make in makers.items()]
        fit(config, [trial for *_, trial in trials])
    found = {name: {task: np.full(of.shape, np.nan) for task, of in fold.items()} for name in makers}
    for k, name, trial in trials:
        scores = predict(trial.model.standard_scores, portions(data.parts["train"].inputs))
        for task, of in fold.items():
            found[name][task][of == k] = scores[task].numpy()[of == k]
    return {name: {task: torch.from_numpy(of) for task, of in of_name.items()} for name, of_name in found.items()}


def without(data: RunData, fold: dict[str, npt.NDArray[np.int64]]) -> Iterator[RunData]:
    """Yield the data of each fold, without the targets of dimensions that it leaves out."""
    train = data.parts["train"]
    for k in range(FOLDS):
        targets = dict(train.annotations.targets)
        for name, of in fold.items():
            targets[name] = np.where(of == k, np.nan, targets[name])
        part = SampleSet(replace(train.annotations, targets=targets), train.inputs)
        yield replace(data, parts={**data.parts, "train": part})


def _seen(data: RunData, part: str, task: str) -> npt.NDArray[np.bool_]:
    return ~np.isnan(data.parts[part].annotations.targets[task])
