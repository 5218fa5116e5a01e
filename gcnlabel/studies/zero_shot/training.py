"""Train models with different data and graphs together, by one config."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.adjacency import MAX_DENSE
from gcnlabel.run.data import RunData
from gcnlabel.run.side_by_side import fit_trials, make_trial


def on_features(data: RunData) -> bool:
    """Return whether the inputs are features [N, D]."""
    return bool(data.parts["train"].inputs.ndim == 2)


def check_trainable(data: RunData) -> None:
    """Check that models of the data can be trained together.

    Raises:
        InputError: The inputs are images, or there are too many labels.
    """
    if data.parts["train"].inputs.ndim == 4:
        raise InputError("the inputs are images", expected="features or graphs, for zero-shot evaluation")
    if data.tasks.num_labels > MAX_DENSE:
        raise InputError(f"{data.tasks.num_labels} labels", expected=f"at most {MAX_DENSE}")


def trained(
    config: Config, datas: Sequence[RunData], models: Sequence[MultiTaskModel], seed: int
) -> list[MultiTaskModel]:
    """Return the models, each trained on its own data, with the weights of its selected epoch.

    Args:
        config: Common config.
        datas: Data of each model: the same samples, and tasks of the same sizes.
        models: The initialised models, of the same architecture.
        seed: Seed of the order and of dropout.

    Raises:
        InputError: A model had no epoch in which the metric was finite.
    """
    trials = [make_trial(config, data, model, seed=seed) for model, data in zip(models, datas, strict=True)]
    fit_trials(config, trials)
    if not all(math.isfinite(trial.value) for trial in trials):
        raise InputError(
            f"select.metric: {config.select.metric} was never finite on the val split",
            fix="a smaller optimizer.lr, standardised features (standardize: true), or select.metric: loss",
        )
    return [trial.model for trial in trials]
