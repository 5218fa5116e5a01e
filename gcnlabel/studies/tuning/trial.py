"""One trial: values of the search space, a whole training, and what it reaches on the validation split."""

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
"""What a pruned trial says of itself."""
CHANGES = "changes"
"""Its values: key -> value, as YAML."""
GRAPH = "graph."


@dataclass
class Objective:
    """Trains and measures what a trial of Optuna proposes.

    Attributes:
        config: The recipe.
        space: What is tried.
        data: The data of the recipe, which are read again where a trial changes what is read.
        optuna: The library.
    """

    config: Config
    space: Space
    data: RunData
    optuna: Any

    def __call__(self, trial: Any) -> float:
        """Return what selects, on the validation split; what cannot be trained is pruned, and said."""
        try:
            config = changed(self.config, suggested(trial, self.config, self.space))
            value = reached(config, self._data_of(config))
            if not math.isfinite(value):
                raise InputError(f"{config.select.metric} is {value}")
        except InputError as error:
            trial.set_user_attr(WHY, error.what)
            note(f"trial {trial.number} is left out: {error.what}")
            raise self.optuna.TrialPruned(error.what) from error
        return value

    def _data_of(self, config: Config) -> RunData:
        read = ("data", "tasks", "only_tasks", "seed")
        same = all(getattr(config, name) == getattr(self.config, name) for name in read)
        return self.data if same else load_data(config)


def suggested(trial: Any, config: Config, space: Space) -> dict[str, str]:
    """Return key -> value of a trial; keys of the graph have one where its head has a graph that it does not choose.

    Args:
        trial: Of Optuna.
        config: The recipe.
        space: What is tried.

    Raises:
        InputError: The values do not suit each other.
    """
    found = {key: of.suggest(trial, key) for key, of in space.items() if not key.startswith(GRAPH)}
    trial.set_user_attr(CHANGES, found)
    head = changed(config, found).model.head
    if head.has_graph and head.name != "default":
        found |= {key: of.suggest(trial, key) for key, of in space.items() if key.startswith(GRAPH)}
        trial.set_user_attr(CHANGES, found)
    return found


def reached(config: Config, data: RunData) -> float:
    """Train a config and return what selects its checkpoint, on the validation split, as it is: not negated.

    Raises:
        InputError: Something cannot be used, or training diverged.
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
    """Return a loss as it was when the selected checkpoint was kept."""
    prefix = "loss."
    loss.load_state_dict({name.removeprefix(prefix): of for name, of in state.items() if name.startswith(prefix)})
    return loss.cpu()
