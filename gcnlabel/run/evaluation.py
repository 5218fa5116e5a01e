"""Evaluate a run on a split with the selected checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader

from gcnlabel.config import Config
from gcnlabel.data import ArrayDataset, targets_to_tensors, whole_batch
from gcnlabel.devices import device_named
from gcnlabel.files import atomic_write
from gcnlabel.metrics import TaskMetrics, tune_thresholds
from gcnlabel.nn import Head
from gcnlabel.progress import Report, counted
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.intervals import Draws, bootstrap_intervals, units_of
from gcnlabel.run.loading import load_model
from gcnlabel.run.notes import notes_of_data, notes_of_run
from gcnlabel.run.run_data import SampleSet
from gcnlabel.run.test_time import with_flips
from gcnlabel.tasks import TaskSet
from gcnlabel.training import clear_failures, predict
from gcnlabel.training.predict import Network
from gcnlabel.training.test_time import at_test_time

Scores = Mapping[str, Tensor]
Score = Callable[[SampleSet], Scores]


def evaluate(
    folder: RunFolder,
    *,
    split: str | None = None,
    data: RunData | None = None,
    device: str = "auto",
    flips: bool | None = None,
    intervals: int = 0,
    progress: Report | None = None,
) -> dict[str, Any]:
    """Evaluate a run, write ``evaluation.json`` and ``predictions.safetensors``, and return the evaluation.

    Args:
        folder: The run.
        split: ``train``, ``val`` or ``test``; None for the config's.
        data: The data of the run, if it is loaded already.
        device: ``auto`` (a GPU if there is one), ``cpu``, ``cuda``, ...
        flips: Whether images are predicted with their mirror images; None for the config's ``evaluate.test_time``.
        intervals: Number of resamples of the metrics' bootstrap intervals; 0 for no intervals.
        progress: Called with the number of finished and of all batches of a split, and of resamples.

    Raises:
        InputError: The folder holds no finished run, the device does not exist, or flips are used without images.
    """
    config, place = with_flips(folder.load_config(), flips), device_named(device)
    data, split = data or load_data(config, folder.split, progress=progress is not None), split or config.evaluate.split
    model, checkpoint = load_model(folder, data.signature)
    score = _scorer(config, data, model.to(place), place, progress)
    part = data.parts[split]
    with clear_failures(folder.path):
        scores, targets, thresholds = score(part), targets_to_tensors(part.annotations), _tuned(config, data, score)
    values = _head(config, split, len(part.annotations), int(checkpoint["epoch"]) + 1)
    values["notes"] = notes_of_data(config, data, split, targets, thresholds)
    values["notes"] += notes_of_run(folder, config, checkpoint, data.tasks)
    values |= {"thresholds": _by_label(data, thresholds), "tasks": measure(data, scores, targets, thresholds)}
    if draws := Draws(intervals, config.seed, units_of(part.annotations)):
        values["intervals"] = bootstrap_intervals(data.tasks, scores, targets, draws, thresholds, progress)
    folder.write_evaluation(values)
    _write_predictions(folder, model.head, scores, targets, part.annotations.ids)
    return values


def _head(config: Config, split: str, samples: int, epoch: int) -> dict[str, Any]:
    """Return the head of the evaluation: split, number of samples, and model."""
    values: dict[str, Any] = {"split": split, "samples": samples, "head": config.model.head.title, "seed": config.seed}
    values["test_time"] = None if config.evaluate.test_time is None else config.evaluate.test_time.name
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
    """Return thresholds tuned for micro-F1 on held-out samples: multi-label task -> [labels of the task]."""
    return {
        task.name: tune_thresholds(scores[task.name], targets[task.name], "micro_f1", unknown=task.unknown)
        for task in tasks
        if task.binary
    }


def _scorer(config: Config, data: RunData, model: nn.Module, place: torch.device, progress: Any) -> Score:
    network = at_test_time(config.evaluate.test_time, model, data.tasks, data.signature.inputs)
    return partial(part_scores, config, network=network, device=place, progress=progress)


def _tuned(config: Config, data: RunData, score: Score) -> dict[str, Tensor]:
    if not config.evaluate.tune_thresholds:
        return {}
    val = data.parts["val"]
    return tag_thresholds(data.tasks, score(val), targets_to_tensors(val.annotations))


def _by_label(data: RunData, thresholds: Mapping[str, Tensor]) -> dict[str, dict[str, float]]:
    """Return task -> label -> threshold of the score."""
    return {
        name: dict(zip(data.tasks[name].labels, values.tolist(), strict=True)) for name, values in thresholds.items()
    }


def part_scores(
    config: Config, part: SampleSet, network: Network, device: torch.device, progress: Report | None = None
) -> dict[str, Tensor]:
    """Return the scores of each task for the samples of a split, float32."""
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
