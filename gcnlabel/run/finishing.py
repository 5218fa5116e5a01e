"""Calibrate and evaluate the selected checkpoint after the last epoch of a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.devices import device_named
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.heads import EnsembleHead
from gcnlabel.run.calibration import CALIBRATION, calibrate, calibration_methods
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.default_head import is_side_by_side
from gcnlabel.run.ensembles.shared import combine_shared
from gcnlabel.run.evaluation import evaluate, part_scores
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.loading import load_model
from gcnlabel.tasks import TaskSet
from gcnlabel.training import SafeCheckpointIO, clear_failures
from gcnlabel.training.predict import Network
from gcnlabel.units import Units


def finish(config: Config, folder: RunFolder, data: RunData) -> dict[str, Any]:
    """Calibrate the selected checkpoint and return the evaluation of the run."""
    with clear_failures(folder.path):
        calibrate_best(config, folder, data)
    return evaluate(folder, data=data)


def calibrate_best(config: Config, folder: RunFolder, data: RunData) -> None:
    """Calibrate the selected checkpoint by the config, in one process and in float32, as for the evaluation.

    Learned weights and the units of the losses are not changed. Calibration is idempotent, and the last checkpoint,
    from which training is resumed, is not calibrated.
    """
    methods, (model, checkpoint) = calibration_methods(config, data.tasks), load_model(folder, data.signature)
    shared = isinstance(model.head, EnsembleHead)
    if is_side_by_side(config, data.parts["train"]) or not (methods or shared or CALIBRATION in checkpoint):
        return
    state, place = checkpoint["state_dict"], device_named("auto")
    model.units = _learned_units(state, data.tasks)
    checkpoint.pop(CALIBRATION, None)
    if shared:
        each = partial(_score, config, model.to(place).eval(), place)
        checkpoint[CALIBRATION] = combine_shared(config, data, model, each)
        state |= {f"model.head.{name}": value for name, value in model.head.state_dict().items()}
    elif methods:
        score = partial(part_scores, config, network=model.to(place).eval().standard_scores, device=place)
        checkpoint[CALIBRATION] = calibrate(model, data.parts["train"], methods, score)
    state |= {f"model.units.{name}": value for name, value in model.units.state_dict().items()}
    SafeCheckpointIO().save_checkpoint(checkpoint, folder.best)


def _score(config: Config, model: MultiTaskModel, place: Any, part: SampleSet, network: Network) -> dict[str, Tensor]:
    model.eval()
    with torch.no_grad():
        return part_scores(config, part, network, place)


def _learned_units(state: Mapping[str, Tensor], tasks: TaskSet) -> Units:
    """Return the units that a checkpoint was trained in, those of its loss; plain units for earlier versions."""
    units = Units(tasks)
    of_loss = {name: state[f"loss.units.{name}"] for name in units.state_dict() if f"loss.units.{name}" in state}
    units.load_state_dict(of_loss)
    return units
