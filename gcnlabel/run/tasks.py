"""The tasks of a run, without its data where something else names them."""

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
        InputError: The folder holds no run, or it keeps no tasks, as older ones, and nothing else names the labels.
    """
    if folder.signature.exists():
        return Signature.load(folder.signature).tasks
    return tasks_of(folder.load_config(), LabelGraph.load(folder.graph) if folder.graph.exists() else None)


def tasks_of(config: Config, graph: LabelGraph | None = None) -> TaskSet:
    """Return the tasks that a config trains, from the config, or its data source, or its graph; else from its data.

    Raises:
        InputError: None of them names the labels.
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
            "the names of the labels stand in the data of the run alone, and they are gone: "
            + str(error).partition("\n")[0],
            fix="put the data back where config.yaml names them",
        ) from error
