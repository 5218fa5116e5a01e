"""Notes that qualify the numbers of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.run.calibration import CALIBRATION, calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.reading import read_epochs
from gcnlabel.tasks import TaskSet


def notes_of_data(
    config: Config, data: RunData, split: str, targets: Mapping[str, Tensor], thresholds: Mapping[str, Any]
) -> list[str]:
    """Return notes on the evaluated samples and the decision thresholds.

    Args:
        config: The evaluated config.
        data: Its data.
        split: The evaluated split.
        targets: Targets of the split.
        thresholds: Tuned thresholds of tags, by task.
    """
    notes = [] if data.note is None else [data.note]
    if thresholds:
        notes.append("decision thresholds of the tags were tuned for micro-F1 on the val split")
    if config.select.split == split:
        notes.append(f"the checkpoint was selected on {split}, which is reported here: these numbers are optimistic")
    if config.evaluate.test_time is not None:
        notes.append(f"test-time augmentation: {config.evaluate.test_time.name}")
    return [*notes, *_unknown_tags(data.tasks, targets)]


def notes_of_run(folder: RunFolder, config: Config, checkpoint: Mapping[str, Any], tasks: TaskSet) -> list[str]:
    """Return notes on the evaluated checkpoint: its calibration, and whether training was interrupted."""
    unfinished = _unfinished(folder, config, int(checkpoint["epoch"]) + 1)
    return [*_calibration(config, tasks, checkpoint.get(CALIBRATION)), *unfinished]


def _calibration(config: Config, tasks: TaskSet, said: str | None) -> list[str]:
    if said is not None:
        return [str(said)]
    wanted = calibration_methods(config, tasks)
    return ["the dimensions are not calibrated: train --resume calibrates after the last epoch"] if wanted else []


def _unknown_tags(tasks: TaskSet, targets: Mapping[str, Tensor]) -> list[str]:
    counts = {task.name: int(targets[task.name].isnan().sum()) for task in tasks if task.unknown == "negative"}
    return [
        f"{count} unknown tags of {name} count as negative in metrics of decisions (F1, CP .. OF1, Hamming loss, "
        "subset accuracy, tuned thresholds); mAP and ranking metrics leave them out"
        for name, count in counts.items()
        if count
    ]


def _unfinished(folder: RunFolder, config: Config, selected: int) -> list[str]:
    if not folder.metrics.exists():
        return []
    try:
        done = len(read_epochs(folder.metrics))
    except InputError as error:
        return [str(error).partition("\n")[0]]
    wanted, patience = config.training.epochs, config.training.patience
    if patience is not None and done - selected >= patience:
        return []  # early stopping
    return [] if done >= wanted else [f"training was stopped after epoch {done} of {wanted}; continue: train --resume"]
