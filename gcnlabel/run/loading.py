"""Load the model of a run folder, without its data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel, build_head
from gcnlabel.run.build import build_backbone
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.signature import Signature
from gcnlabel.run.tasks import run_tasks
from gcnlabel.training import load_checkpoint


def load_model(folder: RunFolder, signature: Signature | None = None) -> tuple[MultiTaskModel, dict[str, Any]]:
    """Return the model of a run, in evaluation mode, and the selected checkpoint.

    The weighting of tasks is not loaded, so that a user-defined weighting need not be importable.

    Args:
        folder: The run, trained or imported.
        signature: Its tasks and inputs, if known from its data; None to read them from the folder.

    Raises:
        InputError: The folder holds no complete run, or the checkpoint does not fit config and graph.
    """
    config = folder.load_config()
    checkpoint = load_checkpoint(folder.best)
    graph = None
    if config.model.head.has_graph:
        graph = LabelGraph.load(existing_file(folder.graph, "label graph of the run"))
    kept = kept_signature(folder, checkpoint["state_dict"]) if signature is None else signature
    settings = config.model.backbone
    if "pretrained" in settings.options:  # the checkpoint has all weights
        settings = settings.model_copy(update={"pretrained": False})
    if folder.backbone.is_dir():
        settings = settings.model_copy(update={"model": str(folder.backbone)})
    one = np.zeros((1, *kept.inputs), dtype=np.float32)
    backbone = build_backbone(settings, one, config.standardize)
    model = MultiTaskModel(backbone, build_head(config.model.head, kept.tasks, backbone.out_features, graph))
    _load_weights(model, checkpoint["state_dict"], folder.best)
    return model.eval(), checkpoint


def kept_signature(folder: RunFolder, state: Mapping[str, Tensor]) -> Signature:
    """Return tasks and shape of the inputs of a run; for an older run from its config and weights."""
    if folder.signature.exists():
        return Signature.load(folder.signature)
    return Signature(run_tasks(folder), folder.load_config().data.image_shape or (_features_in(state),))


def _features_in(state: Mapping[str, Tensor]) -> int:
    """Return the number of input features of a checkpoint, from the shapes of its weights."""
    backbone = [value for name, value in state.items() if name.startswith("model.backbone.")]
    if backbone:
        return backbone[0].shape[-1]
    for ending in (".tokens.linear.weight", ".residual", ".vectors"):  # tokens first: vectors after them are smaller
        for name, value in state.items():
            if name.endswith(ending):
                return value.shape[1]
    *_, last = [value for name, value in state.items() if ".gcn.convs." in name and value.ndim == 2]
    return last.shape[0]


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
