"""The tasks of a run, without its data where something else names them."""

from __future__ import annotations

from gcnlabel.config import Config
from gcnlabel.config.sources import Coco, Faces, SyntheticFaces, Voc
from gcnlabel.errors import InputError
from gcnlabel.faces.source import tasks_of_faces
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS
from gcnlabel.graph import LabelGraph
from gcnlabel.run.data import load_data
from gcnlabel.run.tagged_images import read_tagged_images
from gcnlabel.tasks import TaskSet


def run_tasks(config: Config, graph: LabelGraph | None = None) -> TaskSet:
    """Return the tasks that a run predicts, from the config, or its data source, or its graph; else from its data.

    Raises:
        InputError: None of them names the labels.
    """
    data = config.data
    if isinstance(config.tasks, dict):
        tasks = TaskSet.from_dict(config.tasks, where="config")
    elif isinstance(data, SyntheticFaces):
        tasks = SYNTHETIC_TASKS
    elif isinstance(data, Faces):
        tasks = tasks_of_faces(data)
    elif graph is not None:
        return graph.tasks
    elif isinstance(config.tasks, str):
        tasks = TaskSet.from_yaml(config.tasks)
    else:
        return _tasks_in_data(config)
    return tasks if config.only_tasks is None else TaskSet([tasks[name] for name in config.only_tasks])


def _tasks_in_data(config: Config) -> TaskSet:
    try:
        data = config.data
        return read_tagged_images(data).tasks if isinstance(data, Coco | Voc) else load_data(config).tasks
    except InputError as error:
        raise InputError(
            "the names of the labels stand in the data of the run alone, and they are gone: "
            + str(error).partition("\n")[0],
            fix="put the data back where config.yaml names them",
        ) from error
