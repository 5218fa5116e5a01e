"""Steps of a training: checks, creation of the run folder, and training with Lightning."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import lightning as L
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.fabric.utilities.rank_zero import rank_zero_only

from gcnlabel.config import Config
from gcnlabel.data.feature_records import write_record
from gcnlabel.data.features import is_sparse
from gcnlabel.errors import InputError, note
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.backbones.text import TextNetwork
from gcnlabel.run.build import build_module
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData, load_data, with_decisions
from gcnlabel.run.default_head import check_alone, resolve_default
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.graph import build_graph
from gcnlabel.run.loaders import batch_plan, check_selection, selection, steps
from gcnlabel.run.requeue import is_first_process, note_job
from gcnlabel.run.speed import set_for_speed
from gcnlabel.training import LOGS, MultiTaskModule, clear_failures, make_trainer
from gcnlabel.training.loggers import LOGGERS, check_loggers
from gcnlabel.training.test_time import check_test_time


def held(folder: RunFolder) -> AbstractContextManager[None]:
    """Lock a folder against other trainings; of several processes, only the first does."""
    return folder.held() if is_first_process() else nullcontext()


def checked(
    config: Config, progress: bool = False, data: RunData | None = None
) -> tuple[Config, RunData, LabelGraph | None, MultiTaskModule]:
    """Build and check a run: return its config (resolved for the data), data, graph and Lightning module.

    Args:
        config: The config.
        progress: Whether to show a progress bar while data are read.
        data: The data; None to load those of the config.
    """
    L.seed_everything(config.seed, verbose=False)
    check_alone(config)
    data = data or load_data(config, progress=progress)
    config = resolved(config, data)
    graph = build_graph(config, data)
    module = build_module(config, data, graph)
    check_finish(config, data)
    return config, data, graph, module


def check_finish(config: Config, data: RunData) -> None:
    """Check the settings that are used after training.

    Raises:
        InputError: The metric that selects the checkpoint does not exist for the data, a calibration method is given
            without dimensions, or test-time augmentation without images.
    """
    check_selection(config, data)
    check_test_time(config.evaluate.test_time, data.signature.inputs)
    calibration_methods(config, data.tasks)


def begin(
    folder: RunFolder, config: Config, data: RunData, graph: LabelGraph | None, module: MultiTaskModule, overwrite: bool
) -> None:
    """Create the run folder, and write config, data files, encoder, tokenizer, SLURM job and graph."""
    folder.create(config, overwrite=overwrite)
    data.keep_in(folder)
    if config.data.encoder is not None:
        write_record(folder.encoder, config.data.encoder)
    for part in module.model.backbone.modules():
        if isinstance(part, TextNetwork):
            part.keep_in(folder.backbone)
    note_job(folder)
    if graph is not None:
        graph.save(folder.graph, overwrite=True)


def resolved(config: Config, data: RunData) -> Config:
    """Return the config with decided columns and default head; print the base models of a default head."""
    config = with_decisions(config, data.tasks)
    inputs = data.parts["train"].inputs
    if config.standardize == "auto" and inputs.ndim == 2 and is_sparse(inputs):
        rank_zero_only(note)("features are sparse: all are divided by one number (standardize: auto)")
    found = resolve_default(config, data.parts["train"])
    if found is not config:
        named = ", ".join(found.model.head.options["of"])
        rank_zero_only(note)(f"default head: an ensemble of {named}; weights are fitted on held-out samples")
    return found


def fit_module(
    config: Config, folder: RunFolder, module: MultiTaskModule, trainer: L.Trainer, data: Any, **how: Any
) -> None:
    """Train the remaining epochs; re-raise a KeyboardInterrupt of a signal, which Lightning turns into SystemExit."""
    set_for_speed(module, config)
    trainer.loggers = [LOGGERS.make(each, folder.path / LOGS) for each in config.training.loggers]
    with clear_failures(folder.path):
        try:
            trainer.fit(module, data, **how)
        except SystemExit as end:
            if isinstance(end.__context__, KeyboardInterrupt):
                raise end.__context__ from None
            raise


def trainer_of(config: Config, folder: RunFolder, devices: int | str, num_nodes: int, progress: bool) -> L.Trainer:
    """Return the trainer of a run.

    Raises:
        InputError: The devices do not exist, or a logger's package is not installed.
    """
    check_loggers(config.training.loggers)
    try:
        return make_trainer(
            folder.path,
            batch_plan(config),
            selection(config),
            devices=devices,
            num_nodes=num_nodes,
            precision=config.training.precision,
            steps=steps(config),
            progress=progress,
        )
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"--devices {devices} --num-nodes {num_nodes}: {error}",
            fix="request as many devices as this machine has, and as SLURM starts tasks",
        ) from error
