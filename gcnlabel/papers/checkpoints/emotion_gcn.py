"""Checkpoints of the published Emotion-GCN script (Antoniadis, Filntisis and Maragos, FG 2021): its three models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.faces import face_tasks
from gcnlabel.faces.alignment import EMOTION_GCN_CODE
from gcnlabel.faces.expression_codes import AFF_WILD2_CODES
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import BACKBONES, MultiTaskModel
from gcnlabel.papers.checkpoints.affectnet_graph import doubts_about_labels
from gcnlabel.papers.checkpoints.assembly import Architecture, ImportedModel, assemble, linear_head, load_backbone
from gcnlabel.papers.checkpoints.backbones import backbone_of
from gcnlabel.papers.checkpoints.checkpoint import PublishedCheckpoint, read_checkpoint
from gcnlabel.tasks import Categorical, Dimensional, Task, TaskSet

EMOTION_GCN_TASKS = face_tasks()
"""Tasks of the checkpoints that were trained on AffectNet, with the labels in the checkpoints' order."""
AFFECTNET, AFF_WILD2 = "affectnet", "aff-wild2"
CLASSES = {
    AFFECTNET: EMOTION_GCN_TASKS["expression"].labels,
    AFF_WILD2: tuple(AFF_WILD2_CODES[str(code)] for code in range(7)),
}
"""Data set -> its expressions in the order of its class codes, which is the order of the checkpoint."""
SMALL = 112
"""Height and width of the images of Aff-Wild2, in pixels."""


def import_emotion_gcn(
    path: str | Path,
    embeddings: Tensor | Callable[[Sequence[str]], Tensor] | None = None,
    *,
    graph: LabelGraph | None = None,
    dataset: str = AFFECTNET,
    labels: Sequence[str] | None = None,
) -> ImportedModel:
    """Return the model of a checkpoint of the script: ``emotion_gcn``, ``multi_task`` or ``single_task``.

    Emotion-GCN: ``scores = X GCN(Z, Â)ᵀ`` with ``Â = D^-1/2 Aᵀ D^-1/2``, X the max-pooled maps of DenseNet-121 without
    a ReLU, or BReG-NeXt's average. The others: linear layers on the average-pooled maps, after a ReLU for DenseNet-121.

    Args:
        path: The file, a dict with ``model_state_dict``.
        embeddings: Label embeddings Z [L, F] in the order of the labels, or a function that returns those of given
            labels; None for those of ``graph``.
        graph: A graph that must have the checkpoint's propagation matrix; None for no such check.
        dataset: ``affectnet`` or ``aff-wild2``: the training data, whose class codes give the order of the classes.
        labels: Names of the classes instead of those of ``dataset``, optionally followed by the two dimensions.

    Raises:
        InputError: The file is not such a checkpoint, or labels, graph or embeddings do not fit it.
    """
    checkpoint = read_checkpoint(path, "emotion-gcn")
    if "A" not in checkpoint.state and not any(name.startswith("gc1.") for name in checkpoint.state):
        if embeddings is not None or graph is not None:
            what = f"{path} has no label graph (A, gc1.weight): it is a single_task or multi_task checkpoint"
            raise InputError(what, expected="no --embeddings and no --graph")
        imported = _linear(checkpoint, dataset, labels)
    else:
        architecture = backbone_of(checkpoint, generated=True)
        count = max(len(checkpoint["A"]) - 2, 0) if labels is not None and checkpoint["A"].dim() == 2 else 7
        tasks = _tasks(checkpoint, (count, 2), dataset, labels)
        x = embeddings(tasks.labels) if callable(embeddings) else embeddings
        imported = assemble(checkpoint, architecture, tasks, x, graph)
    order = _assumed_order(imported, dataset, labels)
    known = labels is None and imported.graph is not None
    doubts = doubts_about_labels(checkpoint["A"], imported.tasks) if known else ()
    return replace(imported, architecture=_sized(imported.architecture, dataset, labels), assumed=(order, *doubts))


def _linear(checkpoint: PublishedCheckpoint, dataset: str, labels: Sequence[str] | None) -> ImportedModel:
    """Return the model of a checkpoint with linear layers, recognized by their shapes."""
    architecture = backbone_of(checkpoint, generated=False)
    inside = {architecture.theirs(name) for name in _names_of(architecture)}
    layers = [name.removesuffix(".weight") for name in checkpoint.state if name.endswith(".weight")]
    layers = [layer for layer in layers if f"{layer}.weight" not in inside and checkpoint[f"{layer}.weight"].dim() == 2]
    rows = {layer: len(checkpoint[f"{layer}.weight"]) for layer in layers}
    if not 1 <= len(layers) <= 2 or (len(layers) == 2 and sorted(rows.values()).count(2) != 1):
        raise InputError(
            f"{checkpoint.path}: {len(layers)} linear layers after the backbone",
            where=shorten(f"{layer} [{rows[layer]}, D]" for layer in layers) or shorten(checkpoint.state),
            expected="one (classes), or two of which exactly one has 2 rows (valence and arousal)",
        )
    layers.sort(key=lambda layer: len(rows) == 2 and rows[layer] == 2)  # classes first
    tasks = _tasks(checkpoint, tuple(rows[layer] for layer in layers), dataset, labels)
    names = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    backbone = load_backbone(checkpoint, architecture, names)
    weights, biases = (torch.cat([checkpoint[f"{layer}.{part}"] for layer in layers]) for part in ("weight", "bias"))
    if weights.shape != (tasks.num_labels, backbone.out_features) or biases.shape != (tasks.num_labels,):
        raise InputError(
            f"{checkpoint.path}: linear layers of shape {list(weights.shape)}",
            expected=f"[{tasks.num_labels}, {backbone.out_features}], as {architecture.name}",
        )
    model = MultiTaskModel(backbone, linear_head(tasks, weights, biases)).eval()
    return ImportedModel(model, tasks, None, architecture, checkpoint.epoch)


def _tasks(
    checkpoint: PublishedCheckpoint, counts: tuple[int, ...], dataset: str, labels: Sequence[str] | None
) -> TaskSet:
    """Return the tasks of a checkpoint; ``counts`` are its numbers of classes and, optionally, dimensions."""
    classes = tuple(CLASSES[dataset] if labels is None else labels)
    dims = ("valence", "arousal") if len(counts) == 2 else ()
    if dims and len(classes) == sum(counts):
        classes, dims = classes[:-2], (classes[-2], classes[-1])
    if len(classes) != counts[0]:
        raise InputError(
            f"{checkpoint.path} has {counts[0]} classes{' and 2 dimensions' if dims else ''}",
            where=f"{len(classes)} were given: {shorten(classes)}",
            expected="the labels that it was trained on, in the order of their codes",
            fix="name them, one per line: --labels FILE" + (", with the dimensions last" if labels is not None else ""),
        )
    tasks: list[Task] = [Categorical("expression", classes)]
    return TaskSet([*tasks, Dimensional("affect", dims, range=(-1, 1))] if dims else tasks)


def _names_of(architecture: Architecture) -> list[str]:
    with torch.device("meta"):
        return list(BACKBONES.make(architecture.backbone, (3, SMALL, SMALL)).state_dict())


def _sized(architecture: Architecture, dataset: str, labels: Sequence[str] | None) -> Architecture:
    size = SMALL if labels is None and dataset == AFF_WILD2 else architecture.image_size
    return replace(architecture, image_size=size, alignment=EMOTION_GCN_CODE)


def _assumed_order(imported: ImportedModel, dataset: str, labels: Sequence[str] | None) -> str:
    order = ", ".join(imported.tasks["expression"].labels)
    whose = {AFFECTNET: "AffectNet's codes", AFF_WILD2: "Aff-Wild2's codes"}[dataset] if labels is None else "--labels"
    return f"the classes are in the order of {whose}: {order}"
