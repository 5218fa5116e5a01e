"""Save the ensemble of a run: checkpoint, metrics of every epoch, and description."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gcnlabel.config import Config
from gcnlabel.run.calibration import CALIBRATION, calibration_methods
from gcnlabel.run.ensembles.words import described
from gcnlabel.run.folder import RunFolder
from gcnlabel.tasks import TaskSet
from gcnlabel.training import SafeCheckpointIO
from gcnlabel.training.epoch_table import write_rows

if TYPE_CHECKING:
    from gcnlabel.run.ensembles.fitting import Fitted


def keep_ensemble(config: Config, folder: RunFolder, tasks: TaskSet, fitted: Fitted) -> list[str]:
    """Write a trained ensemble and the values of every epoch; return one line per task that describes it."""
    lines = list(described(tasks, fitted.combination, calibration_methods(config, tasks)))
    rows = _rows(config, fitted)
    loss = next(iter(fitted.trials.values())).loss
    state = {f"model.{name}": value for name, value in fitted.model.state_dict().items()}
    state |= {f"loss.{name}": value for name, value in loss.state_dict().items()}
    folder.best.parent.mkdir(exist_ok=True)
    checkpoint = {"state_dict": state, "epoch": len(rows) - 1, CALIBRATION: "; ".join(lines)}
    write_rows(folder.metrics, rows)
    SafeCheckpointIO().save_checkpoint(checkpoint, folder.best)
    folder.write_config(config, comments=[*_selected(fitted), *lines])
    return lines


def _rows(config: Config, fitted: Fitted) -> list[dict[str, Any]]:
    """Return one row per epoch with the selection metric of each base model."""
    sign = -1 if config.select.mode == "min" else 1
    names = {name: f"{config.select.split}/{config.select.metric} of {name}" for name in fitted.trials}
    epochs = max(len(trial.history) for trial in fitted.trials.values())
    return [{"epoch": e + 1, **_values(fitted, names, e, sign)} for e in range(epochs)]


def _values(fitted: Fitted, names: dict[str, str], epoch: int, sign: int) -> dict[str, float]:
    found = {}
    for name, trial in fitted.trials.items():
        if epoch < len(trial.history) and math.isfinite(trial.history[epoch]):
            found[names[name]] = sign * trial.history[epoch]
    return found


def _selected(fitted: Fitted) -> Sequence[str]:
    return [f"{name}: learning rate {t.rate:.3g}, epoch {t.epoch}" for name, t in fitted.trials.items()]
