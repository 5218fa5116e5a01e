"""One trial: values of the search space, a training, and its metric on the validation split."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gcnlabel.config import Config
from gcnlabel.errors import InputError, note
from gcnlabel.losses import MultiTaskLoss
from gcnlabel.run import RunFolder
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.loaders import selection
from gcnlabel.run.reading import read_predictions
from gcnlabel.studies.training import trained
from gcnlabel.studies.tuning.space import Space, changed
from gcnlabel.training import load_checkpoint

WHY = "why"
"""User attribute of a pruned trial with the reason."""
CHANGES = "changes"
"""User attribute of a trial with its values: key -> value, as YAML."""
GRAPH = "graph."


@dataclass
class Objective:
    """Trains and evaluates a trial of Optuna.

    Attributes:
        config: The config.
        space: The search space.
        data: The data of the config; read again if a trial changes keys of the data.
        optuna: The library.
    """

    config: Config
    space: Space
    data: RunData
    optuna: Any

    def __call__(self, trial: Any) -> float:
        """Return the selection metric on the validation split; prune a trial that cannot be trained, with a note."""
        try:
            config = changed(self.config, suggested(trial, self.config, self.space))
            value = reached(config, self._data_of(config))
            if not math.isfinite(value):
                raise InputError(f"{config.select.metric} is {value}")
        except InputError as error:
            trial.set_user_attr(WHY, error.what)
            note(f"trial {trial.number} is skipped: {error.what}")
            raise self.optuna.TrialPruned(error.what) from error
        return value

    def _data_of(self, config: Config) -> RunData:
        read = ("data", "tasks", "only_tasks", "seed")
        same = all(getattr(config, name) == getattr(self.config, name) for name in read)
        return self.data if same else load_data(config)


def suggested(trial: Any, config: Config, space: Space) -> dict[str, str]:
    """Return key -> value of a trial; keys of the graph only if its head has a graph and is not ``default``.

    Args:
        trial: Trial of Optuna.
        config: The config.
        space: The search space.

    Raises:
        InputError: The values are incompatible.
    """
    found = {key: of.suggest(trial, key) for key, of in space.items() if not key.startswith(GRAPH)}
    trial.set_user_attr(CHANGES, found)
    head = changed(config, found).model.head
    if head.has_graph and head.name != "default":
        found |= {key: of.suggest(trial, key) for key, of in space.items() if key.startswith(GRAPH)}
        trial.set_user_attr(CHANGES, found)
    return found


def reached(config: Config, data: RunData) -> float:
    """Train a config and return its selection metric on the validation split, not negated.

    Raises:
        InputError: Config and data do not match, or training diverged.
    """
    config = config.model_copy(update={"evaluate": config.evaluate.model_copy(update={"split": "val"})})
    with tempfile.TemporaryDirectory(prefix="gcnlabel-") as place:
        folder = RunFolder(Path(place) / "run")
        _, module = trained(config, data, folder)
        kept = read_predictions(folder.predictions, data.tasks)
        loss = _loss_of(module.loss, load_checkpoint(folder.best)["state_dict"])
    scores, targets = ({n: kept[f"{of}/{n}"] for n in data.tasks.names} for of in ("scores", "targets"))
    value = selection(config).value(loss, data.tasks, scores, targets)
    return -value if config.select.mode == "min" else value


def _loss_of(loss: MultiTaskLoss, state: Mapping[str, Any]) -> MultiTaskLoss:
    """Return the loss with its state of the selected checkpoint."""
    prefix = "loss."
    loss.load_state_dict({name.removeprefix(prefix): of for name, of in state.items() if name.startswith(prefix)})
    return loss.cpu()
