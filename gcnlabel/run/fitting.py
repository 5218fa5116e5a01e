"""Training a run, from its config to its evaluation."""

from __future__ import annotations

from typing import Any

import lightning as L
import torch
from lightning.fabric.utilities.rank_zero import rank_zero_info, rank_zero_only

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.metrics import TaskMetrics
from gcnlabel.run.build import build_module
from gcnlabel.run.data import RunData, load_data, with_decisions
from gcnlabel.run.default_head import check_alone, resolve_default
from gcnlabel.run.evaluation import evaluate
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.graph import build_graph
from gcnlabel.run.loaders import AUGMENTATIONS, data_module
from gcnlabel.training import MultiTaskModule, load_checkpoint, make_trainer


def train(
    config: Config,
    folder: RunFolder,
    *,
    overwrite: bool = False,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Train a run, keep it in a folder and return its evaluation (in the first of several processes alone).

    Everything that can be wrong with config, data and graph is found before the folder is touched.

    Args:
        config: What to train.
        folder: Where to.
        overwrite: Whether a run that is there may be replaced.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: Config, data or graph cannot be used, or the folder holds a run.
    """
    L.seed_everything(config.seed, verbose=False)
    check_alone(config)
    data = load_data(config)
    config = _resolved(config, data)
    graph = build_graph(config, data)
    module = build_module(config, data, graph)
    check_selection(config, data)
    if is_first_process():
        folder.create(config, overwrite=overwrite)
        data.keep_split(folder.split)
        data.rows.save(folder.rows)
        if graph is not None:
            graph.save(folder.graph, overwrite=True)
    set_for_speed(module, config)
    _fit(_trainer(config, folder, devices, num_nodes, progress), module, data_module(config, data), folder)
    return evaluate(folder, data=data) if is_first_process() else {}


def resume(
    folder: RunFolder,
    wanted: Config | None = None,
    *,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Go on with a run after its last whole epoch, exactly as if it had never stopped, and return its evaluation.

    Args:
        folder: The run.
        wanted: Config that the caller believes the run has; None for whatever it has.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: The folder holds no run, the run has another config, or no epoch of it was finished.
    """
    config = folder.load_config()
    if wanted is not None and wanted != config:
        data = load_data(wanted, folder.split)
        wanted = with_decisions(resolve_default(wanted, data.parts["train"].annotations), data.tasks)
    if wanted is not None and wanted != config:
        raise InputError(
            f"{folder.path} was trained with another config: {shorten(_differences(wanted, config))} differ",
            fix="resume without CONFIG, or train it anew with --overwrite",
        )
    if not folder.last.exists():
        raise InputError(f"{folder.path} has no finished epoch to resume", fix="train it again with --overwrite")
    L.seed_everything(config.seed, verbose=False)
    data = load_data(config, folder.split)
    graph = LabelGraph.load(folder.graph) if folder.graph.exists() else None
    module = build_module(config, data, graph)
    set_for_speed(module, config)
    trainer = _trainer(config, folder, devices, num_nodes, progress)
    loaders = data_module(config, data, first_epoch=int(load_checkpoint(folder.last)["epoch"]) + 1)
    _fit(trainer, module, loaders, folder, ckpt_path=folder.last)
    return evaluate(folder, data=data) if is_first_process() else {}


def _resolved(config: Config, data: RunData) -> Config:
    """Return a config with a head that has a name of its own, and what was decided of the columns of its table.

    It is said which head that is, where it was the default.
    """
    config = with_decisions(config, data.tasks)
    found = resolve_default(config, data.parts["train"].annotations)
    if found is not config:
        graph = f", of a graph by {found.graph.convention} with {found.graph.embeddings} embeddings"
        rank_zero_info(f"default head: {found.model.head.title}{graph if found.model.head.has_graph else ''}")
    return found


def set_for_speed(module: MultiTaskModule, config: Config) -> None:
    """Set up what is a matter of speed alone: where batches are augmented, memory layout, compilation."""
    settings = config.training
    if settings.augment_on == "device":
        module.augment = AUGMENTATIONS[settings.augment]
    if settings.channels_last:
        module.memory_format = torch.channels_last
        module.model.to(memory_format=torch.channels_last)
    if settings.compile:
        module.model.backbone.compile()


def is_first_process() -> bool:
    """Return whether this is the process, of those that train together, that writes files and reports."""
    return int(rank_zero_only.rank or 0) == 0


def _fit(
    trainer: L.Trainer, module: L.LightningModule, data: L.LightningDataModule, folder: RunFolder, **how: Any
) -> None:
    """Train; Ctrl-C, which Lightning turns into an exit of the process, becomes a KeyboardInterrupt again."""
    try:
        trainer.fit(module, data, **how)
    except SystemExit:
        if not trainer.interrupted:
            raise
        hint = (
            f"go on with: gcnlabel train --resume --output {folder.path}"
            if folder.last.exists()
            else "no epoch finished"
        )
        raise KeyboardInterrupt(hint) from None


def _differences(a: Config, b: Config) -> list[str]:
    ours, theirs = a.model_dump(), b.model_dump()
    return [key for key in ours if ours[key] != theirs[key]]


def check_selection(config: Config, data: RunData) -> None:
    """Check that the metric that selects the checkpoint exists on this data.

    Raises:
        InputError: It does not; the closest one is named.
    """
    known = ["loss"]
    for task in data.tasks:
        targets = targets_to_tensors(data.parts[config.select.split].annotations)[task.name]
        metric = TaskMetrics(task, sync_on_compute=False)
        metric.update(torch.randn(len(targets), len(task), generator=torch.Generator().manual_seed(0)), targets)
        known += [f"{task.name}/{name}" for name, value in metric.compute().items() if isinstance(value, float)]
    if config.select.metric not in known:
        raise InputError(
            f"select.metric: no metric {config.select.metric!r} on the {config.select.split} split",
            expected=shorten(known, limit=40),
            fix=closest(config.select.metric, known),
        )


def _trainer(config: Config, folder: RunFolder, devices: int | str, num_nodes: int, progress: bool) -> L.Trainer:
    return make_trainer(
        folder.path,
        epochs=config.training.epochs,
        metric=f"{config.select.split}/{config.select.metric}",
        mode=config.select.mode,
        devices=devices,
        num_nodes=num_nodes,
        precision=config.training.precision,
        tensorboard=config.training.tensorboard,
        progress=progress,
    )
