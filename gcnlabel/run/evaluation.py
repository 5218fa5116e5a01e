"""What a run reports, measured over a whole split with the selected checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.utils.data import DataLoader

from gcnlabel.config import Config
from gcnlabel.data import ArrayDataset, targets_to_tensors, whole_batch
from gcnlabel.devices import device_named
from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write
from gcnlabel.metrics import TaskMetrics, tune_thresholds
from gcnlabel.nn import Head
from gcnlabel.progress import Report, counted
from gcnlabel.run.calibration import CALIBRATION as CALIBRATION
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.intervals import Draws, bootstrap_intervals, units_of
from gcnlabel.run.loading import load_model
from gcnlabel.run.parts import Part
from gcnlabel.run.reading import read_epochs
from gcnlabel.tasks import TaskSet
from gcnlabel.training import clear_failures, predict
from gcnlabel.training.predict import Network

Scores = Mapping[str, Tensor]


def evaluate(
    folder: RunFolder,
    *,
    split: str | None = None,
    data: RunData | None = None,
    device: str = "auto",
    intervals: int = 0,
    progress: Report | None = None,
) -> dict[str, Any]:
    """Measure a run, write ``evaluation.json`` and ``predictions.safetensors``, and return the evaluation.

    Args:
        folder: The run.
        split: ``train``, ``val`` or ``test``; None for the config's.
        data: The data of the run, when it is loaded already.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, ...
        intervals: Resamples of the metrics' bootstrap intervals; 0 for no intervals.
        progress: Called with the number of batches done and of all of a split, and of resamples.

    Raises:
        InputError: The folder holds no finished run, or the device is not there.
    """
    config, place = folder.load_config(), device_named(device)
    data, split = data or load_data(config, folder.split, progress=progress is not None), split or config.evaluate.split
    model, checkpoint = load_model(folder, data.signature)
    score = partial(part_scores, config, network=model.to(place), device=place, progress=progress)
    with clear_failures(folder.path):
        annotations = data.parts[split].annotations
        scores, targets = score(data.parts[split]), targets_to_tensors(annotations)
        thresholds = _tuned(data, score) if config.evaluate.tune_thresholds else {}
    values = _head(config, split, len(annotations), int(checkpoint["epoch"]) + 1)
    notes = [*_notes(config, data, split, thresholds), *_calibration(config, data, checkpoint.get(CALIBRATION))]
    notes += [*_unknown_tags(data.tasks, targets), *_unfinished(folder, config, values["selected"]["epoch"])]
    by_label, by_task = _by_label(data, thresholds), measure(data, scores, targets, thresholds)
    values |= {"notes": notes, "thresholds": by_label, "tasks": by_task}
    if draws := Draws(intervals, config.seed, units_of(annotations)):
        values["intervals"] = bootstrap_intervals(data.tasks, scores, targets, draws, thresholds, progress)
    folder.write_evaluation(values)
    _write_predictions(folder, model.head, scores, targets, annotations.ids)
    return values


def _head(config: Config, split: str, samples: int, epoch: int) -> dict[str, Any]:
    """Return what is measured: which split, of how many samples, and which model."""
    values: dict[str, Any] = {"split": split, "samples": samples, "head": config.model.head.title, "seed": config.seed}
    return values | {"selected": {**config.select.model_dump(), "epoch": epoch}}


def measure(data: RunData, scores: Scores, targets: Scores, thresholds: Scores | None = None) -> dict[str, Any]:
    """Return every metric of every task over all samples."""
    results = {}
    for task in data.tasks:
        metric = TaskMetrics(task, thresholds=(thresholds or {}).get(task.name), sync_on_compute=False)
        metric.update(scores[task.name], targets[task.name])
        results[task.name] = metric.compute()
    return results


def tag_thresholds(tasks: TaskSet, scores: Scores, targets: Scores) -> dict[str, Tensor]:
    """Return thresholds tuned for micro-F1 on the held-out part, for every multi-label task [labels of the task]."""
    return {
        task.name: tune_thresholds(scores[task.name], targets[task.name], "micro_f1", unknown=task.unknown)
        for task in tasks
        if task.binary
    }


def _tuned(data: RunData, score: Callable[[Part], Scores]) -> dict[str, Tensor]:
    val = data.parts["val"]
    return tag_thresholds(data.tasks, score(val), targets_to_tensors(val.annotations))


def _by_label(data: RunData, thresholds: Mapping[str, Tensor]) -> dict[str, dict[str, float]]:
    """Return the thresholds, which are compared with scores, by name."""
    return {
        name: dict(zip(data.tasks[name].labels, values.tolist(), strict=True)) for name, values in thresholds.items()
    }


def _notes(config: Config, data: RunData, split: str, thresholds: Mapping[str, Any]) -> list[str]:
    notes = [] if data.note is None else [data.note]
    if thresholds:
        notes.append("decision thresholds of the tags were tuned for micro-F1 on the held-out val part")
    if config.select.split == split:
        notes.append(f"the checkpoint was selected on {split}, which is reported here: these numbers are optimistic")
    return notes


def _calibration(config: Config, data: RunData, said: str | None) -> list[str]:
    if said is not None:
        return [str(said)]
    wanted = calibration_methods(config, data.tasks)
    return ["the dimensions are not calibrated: train --resume does it after the last epoch"] if wanted else []


def _unknown_tags(tasks: TaskSet, targets: Scores) -> list[str]:
    counts = {task.name: int(targets[task.name].isnan().sum()) for task in tasks if task.unknown == "negative"}
    return [
        f"{count} unknown tags of {name} count as negative where decisions are measured "
        "(F1, CP .. OF1, Hamming loss, subset accuracy, tuned thresholds); mAP and ranks leave them out"
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
        return []  # it ended for want of improvement
    return [] if done >= wanted else [f"training was stopped after epoch {done} of {wanted}: train --resume goes on"]


def part_scores(
    config: Config, part: Part, network: Network, device: torch.device, progress: Report | None = None
) -> dict[str, Tensor]:
    """Return the scores of each task for a part, in single precision."""
    dataset = ArrayDataset(part.inputs, {})
    loader = DataLoader(
        dataset,
        batch_size=config.training.batch_size,
        collate_fn=whole_batch,
        num_workers=config.training.workers,
        pin_memory=torch.cuda.is_available(),
    )
    found = predict(network, (inputs for inputs, _ in counted(loader, len(loader), progress)), device)
    return {name: scores.float() for name, scores in found.items()}


def _write_predictions(folder: RunFolder, head: Head, scores: Scores, targets: Scores, ids: Any) -> None:
    tensors = {"label_vectors": head.weight().detach().cpu().contiguous()} if head.has_vectors else {}
    for name in scores:
        tensors[f"scores/{name}"] = scores[name].contiguous()
        tensors[f"targets/{name}"] = targets[name].contiguous()
    if ids is not None:
        tensors["ids"] = torch.frombuffer(bytearray(json.dumps(ids.tolist()), "utf-8"), dtype=torch.uint8)
    with atomic_write(folder.predictions, overwrite=True) as temporary:
        save_file(tensors, temporary)
