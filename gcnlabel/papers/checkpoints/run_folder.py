"""Write an imported model as a run folder, for all commands that take a run."""

from __future__ import annotations

from typing import Any

from gcnlabel.config import Config, parse_config
from gcnlabel.papers.checkpoints.assembly import ImportedModel
from gcnlabel.run import RunFolder
from gcnlabel.run.data import declared_tasks
from gcnlabel.run.signature import Signature
from gcnlabel.sources import SOURCES
from gcnlabel.tasks import TaskSet
from gcnlabel.training import SafeCheckpointIO

PLACEHOLDER = {"source": "table", "annotations": "annotations.csv", "images": "images", "id_column": "image"}
"""Data settings of a run without a config: a table and an image folder, for the user to fill in."""


def save_run(
    imported: ImportedModel,
    folder: RunFolder,
    config: Config | None = None,
    *,
    size: int | None = None,
    overwrite: bool = False,
) -> Config:
    """Write config, graph and best checkpoint of an imported model, and return the config.

    Args:
        imported: The model.
        folder: The run folder to create.
        config: Config whose data, tasks and training are kept; model and graph become those of the checkpoint. None
            for a table ``annotations.csv`` with a folder ``images``.
        size: Height and width of the images; None for that of the config or, without one, of the publication.
        overwrite: Whether to replace an existing run.

    Raises:
        InputError: The folder has a run, or the tasks of the config have other labels than the checkpoint.
    """
    imported, content = _content(imported, config, size)
    if imported.graph is not None:
        content["graph"] = {"file": str(folder.graph)}
    settings = parse_config(content)
    folder.create(settings, overwrite=overwrite)
    if imported.graph is not None:
        imported.graph.save(folder.graph, overwrite=True)
    epoch = imported.epoch or 0
    if settings.data.image_shape is not None:
        Signature(imported.tasks, settings.data.image_shape).save(folder.signature)
    SafeCheckpointIO().save_checkpoint({"epoch": epoch, "state_dict": _module_state(imported)}, folder.best)
    return settings


def _content(imported: ImportedModel, config: Config | None, size: int | None) -> tuple[ImportedModel, dict[str, Any]]:
    """Return the model with its labels in the config's order, and the config of the run as plain values."""
    size = imported.architecture.image_size if size is None and config is None else size
    if config is None:
        data = {**PLACEHOLDER, "channels": 3}
        content: dict[str, Any] = {"data": data, "tasks": imported.tasks.to_dict()}
    else:
        content = config.model_dump(mode="json", exclude_none=True)
        imported = _in_order_of(imported, config, content)
    if size is not None:
        content["data"]["size"] = size
    alignment, data = imported.architecture.alignment, content["data"]
    source = SOURCES.parse(data)
    if alignment and source.image_shape is not None and "alignment" in type(source).model_fields:
        data["alignment"] = alignment
    generated = {"name": "graph", "hidden_channels": list(imported.sizes[1:-1])}
    head = {"name": "linear"} if imported.graph is None else generated
    content["model"] = {"backbone": _backbone(imported), "head": head}
    content["calibrate"] = "none"
    return imported, content


def _backbone(imported: ImportedModel) -> dict[str, Any]:
    architecture = imported.architecture
    return {
        "name": architecture.backbone,
        "pool": architecture.pool,
        "scaling": "imagenet",
        **architecture.options,
    }


def _in_order_of(imported: ImportedModel, config: Config, content: dict[str, Any]) -> ImportedModel:
    """Return the model with its labels in the order of the config's tasks; set ``only_tasks`` in ``content``.

    Raises:
        InputError: The config has other labels, or declares them in another order.
    """
    fixed = config.data.known_tasks()
    tasks = fixed or declared_tasks(config)
    if tasks is None:
        return imported  # the config has no tasks; they come from the data
    labels = set(imported.tasks.labels)
    predicted = [task for task in tasks if set(task.labels) <= labels]
    if labels == {label for task in predicted for label in task.labels} and len(predicted) < len(tasks):
        tasks = TaskSet(predicted)
        content["only_tasks"] = list(tasks.names)
        content["loss"] = {name: loss for name, loss in content.get("loss", {}).items() if name in tasks.names}
    if fixed is None:
        imported.names().check_matches(tasks)
    return imported.in_order_of(tasks)


def _module_state(imported: ImportedModel) -> dict[str, Any]:
    """Return the state dict with the names of a trained run, whose backbone is module 1 after the image scaling."""
    names = {"backbone.network.": "model.backbone.network.1.", "head.": "model.head.", "units.": "model.units."}
    return {
        next(new + name.removeprefix(old) for old, new in names.items() if name.startswith(old)): value
        for name, value in imported.model.state_dict().items()
    }
