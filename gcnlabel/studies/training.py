"""Train a run on given data as ``gcnlabel train`` does, as a step of a study."""

from __future__ import annotations

from typing import Any

from gcnlabel.config import Config
from gcnlabel.progress import without_notes
from gcnlabel.run import RunFolder
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import is_side_by_side
from gcnlabel.run.finishing import finish
from gcnlabel.run.fitting import train_beside
from gcnlabel.run.loaders import data_module
from gcnlabel.run.steps import begin, checked, fit_module, trainer_of
from gcnlabel.training import MultiTaskModule


def trained(config: Config, data: RunData, folder: RunFolder) -> tuple[dict[str, Any], MultiTaskModule]:
    """Train a run on given data; return its evaluation and the module with the weights of the last epoch.

    Args:
        config: The config; its ``data`` section is ignored.
        data: The data.
        folder: Folder of the run.

    Raises:
        InputError: Config and data do not match, or training diverged.
    """
    folder.given = config
    with without_notes():  # a study has many trainings
        config, data, graph, module = checked(config, data=data)
        begin(folder, config, data, graph, module, overwrite=True)
        if is_side_by_side(config, data.parts["train"]):
            train_beside(config, folder, data, graph, progress=False)
        else:
            trainer = trainer_of(config, folder, 1, 1, progress=False)
            fit_module(config, folder, module, trainer, data_module(config, data))
        return finish(config, folder, data), module
