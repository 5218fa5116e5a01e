"""Find the tasks of a run, without reading its data if possible."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.run.data import declared_tasks
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.signature import Signature
from gcnlabel.tasks import TaskSet


def run_tasks(folder: RunFolder) -> TaskSet:
    """Return the tasks that a run predicts.

    Raises:
        InputError: The folder holds no run, or an older run without tasks, whose labels are named nowhere else.
    """
    if folder.signature.exists():
        return Signature.load(folder.signature).tasks
    return tasks_of(folder.load_config(), LabelGraph.load(folder.graph) if folder.graph.exists() else None)


def tasks_of(config: Config, graph: LabelGraph | None = None) -> TaskSet:
    """Return the tasks that a config trains: from the config, its data source or its graph, else from its data.

    Raises:
        InputError: None of these names the labels.
    """
    known = declared_tasks(config) if isinstance(config.tasks, dict) else config.data.known_tasks()
    if known is None and graph is not None:
        return graph.tasks
    known = known or declared_tasks(config) or _named_by_data(config)
    return known if config.only_tasks is None else TaskSet([known[name] for name in config.only_tasks])


def _named_by_data(config: Config) -> TaskSet:
    try:
        return config.data.read_tasks()
    except InputError as error:
        raise InputError(
            "only the data of the run name its labels, and they cannot be read: " + str(error).partition("\n")[0],
            fix="put the data back to the path in config.yaml",
        ) from error
