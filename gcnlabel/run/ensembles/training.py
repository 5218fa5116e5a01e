"""A run whose base models are trained side by side: its checkpoint, the values of every epoch, and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.ensembles.fitting import Fitted, Progress, fit_ensemble
from gcnlabel.run.ensembles.words import described
from gcnlabel.run.evaluation import CALIBRATION
from gcnlabel.run.folder import RunFolder
from gcnlabel.training import SafeCheckpointIO
from gcnlabel.training.epoch_table import write_rows


def train_ensemble(
    config: Config, folder: RunFolder, data: RunData, graph: LabelGraph | None, progress: Progress
) -> list[str]:
    """Train an ensemble, write its checkpoint and the values of every epoch, and return what it consists of.

    Training is not resumed in its middle: where it was stopped, it begins anew, and ends as it would have.
    """
    fitted = fit_ensemble(config, data, graph, progress)
    lines = list(described(data.tasks, fitted.combination, calibration_methods(config, data.tasks)))
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
    """Return a row an epoch: what selects, for each base model."""
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
