"""A run folder -> its network and what its outputs mean, without the data it was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel, build_head
from gcnlabel.run import RunFolder
from gcnlabel.run.build import build_backbone
from gcnlabel.run.signature import Signature
from gcnlabel.run.tasks import run_tasks
from gcnlabel.tasks import TaskSet
from gcnlabel.training import load_checkpoint


@dataclass(frozen=True)
class Network:
    """A trained network, ready to predict.

    Attributes:
        model: Backbone and head with the weights of the selected checkpoint, in evaluation mode.
        tasks: What it predicts.
        config: The config of its run.
        thresholds: Probability from which a tag counts as predicted, for each multi-label task whose thresholds were
            tuned, [labels].
        in_features: Number of features in a row, D, where it takes features; else 0.
    """

    model: MultiTaskModel
    tasks: TaskSet
    config: Config
    thresholds: Mapping[str, Tensor]
    in_features: int = 0

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images that it takes, None where it takes features."""
        return self.config.data.image_shape

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) of the images, or (D,) of the features, that it takes."""
        return self.image_shape or (self.in_features,)


def load_network(folder: RunFolder) -> Network:
    """Return the network of a run, from its config, graph and selected checkpoint alone.

    Args:
        folder: The run, trained or imported.

    Raises:
        InputError: The folder holds no whole run, or the checkpoint does not fit config and graph.
    """
    config = folder.load_config()
    state = load_checkpoint(folder.best)["state_dict"]
    graph = None
    if config.model.head.has_graph:
        graph = LabelGraph.load(existing_file(folder.graph, "label graph of the run"))
    tasks = run_tasks(folder)
    shape = config.data.image_shape or _features_of(folder, state)
    settings = config.model.backbone
    if "pretrained" in settings.options:  # the checkpoint has all weights
        settings = settings.model_copy(update={"pretrained": False})
    one = np.zeros((1, *shape), dtype=np.float32)
    backbone = build_backbone(settings, one, config.standardize)
    model = MultiTaskModel(backbone, build_head(config.model.head, tasks, backbone.out_features, graph))
    _load_weights(model, state, folder.best)
    return Network(model.eval(), tasks, config, tuned_thresholds(folder, tasks), shape[0] if len(shape) == 1 else 0)


def _features_of(folder: RunFolder, state: Mapping[str, Tensor]) -> tuple[int, ...]:
    """Return the shape of the inputs of a run on features."""
    if folder.signature.exists():
        return Signature.load(folder.signature).inputs
    return (_features_in(state),)


def _features_in(state: Mapping[str, Tensor]) -> int:
    """Return the number of features that the first layer of a checkpoint takes, of a run that does not keep it."""
    backbone = [value for name, value in state.items() if name.startswith("model.backbone.")]
    if backbone:
        return backbone[0].shape[-1]
    for ending in (".tokens.linear.weight", ".residual", ".vectors"):  # tokens first: vectors behind them are smaller
        for name, value in state.items():
            if name.endswith(ending):
                return value.shape[1]
    *_, last = [value for name, value in state.items() if ".gcn.convs." in name and value.ndim == 2]
    return last.shape[0]


def tuned_thresholds(folder: RunFolder, tasks: TaskSet) -> dict[str, Tensor]:
    """Return the thresholds that the evaluation of a run tuned and kept, as probabilities.

    ``evaluation.json`` holds them as scores, ``thresholds: {task: {label: score}}``.
    """
    if not folder.evaluation.exists():
        return {}
    kept = folder.read_evaluation().get("thresholds", {})
    for name, by_label in kept.items():
        if set(by_label) != set(tasks[name].labels):
            raise InputError(
                f"{folder.evaluation} has thresholds of other labels", fix=f"gcnlabel evaluate {folder.path}"
            )
    return {
        name: Tensor([by_label[label] for label in tasks[name].labels]).sigmoid() for name, by_label in kept.items()
    }


def _load_weights(model: MultiTaskModel, state: Mapping[str, Tensor], path: Path) -> None:
    given = {name.removeprefix("model."): value for name, value in state.items() if name.startswith("model.")}
    wanted = model.state_dict()
    for name in [*(name for name in wanted if not name.startswith("units.")), *given]:  # older runs have no units
        theirs, ours = (list(side[name].shape) if name in side else "nothing" for side in (given, wanted))
        if theirs != ours:
            raise InputError(
                f"the checkpoint does not fit: {name} is {theirs}, and the network has {ours}",
                where=path,
                expected="the config and graph that it was trained with",
            )
    model.load_state_dict(given)
