"""An imported model as a run folder, which every command that takes a run can read."""

from __future__ import annotations

from typing import Any

from gcnlabel.config import Config, parse_config
from gcnlabel.published.assembly import ImportedModel
from gcnlabel.run import RunFolder
from gcnlabel.tasks import TaskSet
from gcnlabel.training import SafeCheckpointIO

PLACEHOLDER = {"source": "table", "annotations": "annotations.csv", "images": "images", "id_column": "image"}
"""Data of a run for which none was named: a table and a folder beside it, to be filled in."""


def save_run(
    imported: ImportedModel, folder: RunFolder, config: Config | None = None, *, overwrite: bool = False
) -> Config:
    """Write config, graph and selected checkpoint of an imported model, and return the config.

    Args:
        imported: The model.
        folder: Where to.
        config: Its data, tasks and training are kept, model and graph become those of the checkpoint. None for a
            table ``annotations.csv`` with a folder ``images``, at the size that the model was published for.
        overwrite: Whether a run that is there may be replaced.

    Raises:
        InputError: The folder holds a run, or the tasks of the config have other labels than the checkpoint.
    """
    settings = _settings(imported, folder, config)
    folder.create(settings, overwrite=overwrite)
    imported.graph.save(folder.graph, overwrite=True)
    epoch = imported.epoch or 0
    SafeCheckpointIO().save_checkpoint({"epoch": epoch, "state_dict": _module_state(imported)}, folder.best)
    return settings


def _settings(imported: ImportedModel, folder: RunFolder, config: Config | None) -> Config:
    architecture = imported.architecture
    if config is None:
        data = {**PLACEHOLDER, "size": architecture.image_size, "channels": 3}
        content: dict[str, Any] = {"data": data, "tasks": imported.graph.tasks.to_dict()}
    else:
        content = config.model_dump(mode="json", exclude_none=True)
        data = content["data"]
        if config.tasks is not None:
            tasks = config.tasks
            imported.graph.check_matches(
                TaskSet.from_yaml(tasks) if isinstance(tasks, str) else TaskSet.from_dict(tasks, where="config")
            )
    if architecture.alignment is not None and (data["source"] == "affectnet" or data.get("images")):
        data["alignment"] = architecture.alignment
    content["graph"] = {"file": str(folder.graph)}
    content["model"] = {
        "backbone": {"name": architecture.backbone, "pool": architecture.pool, "scaling": "imagenet"},
        "head": {"name": "graph", "hidden_channels": list(imported.sizes[1:-1])},
    }
    return parse_config(content)


def _module_state(imported: ImportedModel) -> dict[str, Any]:
    """Return the state as a trained run keeps it: the scaling of the images stands before the backbone."""
    names = {"backbone.network.": "model.backbone.network.1.", "head.": "model.head.", "units.": "model.units."}
    return {
        next(new + name.removeprefix(old) for old, new in names.items() if name.startswith(old)): value
        for name, value in imported.model.state_dict().items()
    }
