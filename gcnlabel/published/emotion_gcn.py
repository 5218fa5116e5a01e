"""Checkpoints of the published Emotion-GCN code (Antoniadis, Filntisis and Maragos, FG 2021)."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from gcnlabel.data.alignment import EMOTION_GCN_CODE
from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.nn.breg_next import BLOCKS
from gcnlabel.published.assembly import Architecture, ImportedModel, assemble
from gcnlabel.published.checkpoint import PublishedCheckpoint, read_checkpoint
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

EMOTION_GCN_TASKS = TaskSet(
    [
        Categorical("expression", ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")),
        Dimensional("affect", ("valence", "arousal"), range=(-1, 1)),
    ]
)
"""Tasks of the published checkpoints, whose labels stand in this order."""

LAYER = {
    "norm1": "_batchnorm_conv0",
    "conv1": "_conv0",
    "norm2": "_batchnorm_conv1",
    "conv2": "_conv1",
    "shortcut.a": "_shortcut._a",
    "shortcut.c": "_shortcut._c",
}
"""Our name of a part of BReG-NeXt's residual layer -> the published one."""


def import_emotion_gcn(
    path: str | Path, embeddings: Tensor | None = None, *, graph: LabelGraph | None = None
) -> ImportedModel:
    """Return the model of a published Emotion-GCN checkpoint: DenseNet-121 or BReG-NeXt.

    DenseNet-121: torchvision's ``features``, max-pool over the whole map without a ReLU. BReG-NeXt: batch-norm, ELU,
    average pool. Then ``scores = X GCN(Z, Â)ᵀ`` with ``Â = D^-1/2 Aᵀ D^-1/2``.

    Args:
        path: The file, a dict with ``model_state_dict``.
        embeddings: Label embeddings Z [9, F] in the order of :data:`EMOTION_GCN_TASKS`; None for those of ``graph``.
        graph: A graph that must propagate as the checkpoint does.

    Raises:
        InputError: The file is no such checkpoint, or graph or embeddings do not fit it.
    """
    checkpoint = read_checkpoint(path, "emotion-gcn")
    return assemble(checkpoint, _architecture(checkpoint), EMOTION_GCN_TASKS, embeddings, graph)


def _architecture(checkpoint: PublishedCheckpoint) -> Architecture:
    if any(name.startswith("features.denseblock1.") for name in checkpoint.state):
        return DENSENET
    if "model._conv0.weight" in checkpoint.state:
        return BREG_NEXT
    raise InputError(
        f"{checkpoint.path} has a backbone that is not known",
        where=f"its tensors: {shorten(checkpoint.state)}",
        expected="features.denseblock1... (DenseNet-121) or model._conv0... (BReG-NeXt)",
    )


def _densenet_name(ours: str) -> str:
    return ours.replace("network.1.", "features.", 1)


def _breg_next_name(ours: str) -> str:
    """Return ``model._model.<block>._layer_stack.<layer>...`` for a layer, which is numbered through here."""
    _, position, part = ours.split(".", 2)
    if position == "1":
        return f"model._conv0.{part}"
    number = int(position) - 2
    for block, (count, _, _) in enumerate(BLOCKS):
        if number < count:
            name = next(name for name in LAYER if part.startswith(name))
            return f"model._model.{block}._layer_stack.{number}.{part.replace(name, LAYER[name], 1)}"
        number -= count
    return f"model._model.{len(BLOCKS)}.{part}"


DENSENET = Architecture(
    "Emotion-GCN with DenseNet-121", *("densenet121", "max", 227, _densenet_name), alignment=EMOTION_GCN_CODE
)
BREG_NEXT = Architecture(
    "Emotion-GCN with BReG-NeXt",
    *("breg_next", "average", 112, _breg_next_name),
    unused=("model._fc0.weight", "model._fc0.bias"),
    alignment=EMOTION_GCN_CODE,
)
