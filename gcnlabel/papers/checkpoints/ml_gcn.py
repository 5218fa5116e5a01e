"""Checkpoints of the published ML-GCN code (Chen, Wei, Wang and Guo, CVPR 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from gcnlabel.errors import shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.papers.checkpoints.assembly import Architecture, ImportedModel, assemble
from gcnlabel.papers.checkpoints.checkpoint import read_checkpoint
from gcnlabel.tasks import MultiLabel, TaskSet


def import_ml_gcn(
    path: str | Path, labels: Sequence[str], embeddings: Tensor | None = None, *, graph: LabelGraph | None = None
) -> ImportedModel:
    """Return the model of a published ML-GCN checkpoint: ResNet-101 with global max-pooling.

    ``scores = X GCN(Z, Â)ᵀ`` with ``Â = D^-1/2 Aᵀ D^-1/2``, as one multi-label task ``labels``.

    Args:
        path: The file, a dict with ``state_dict``.
        labels: Names of its labels, in its order; see :func:`~gcnlabel.papers.checkpoints.class_names`.
        embeddings: Label embeddings Z [L, F] in that order; None for those of ``graph``.
        graph: A graph that must have the same propagation matrix as the checkpoint; None for no such check.

    Raises:
        InputError: The file is not such a checkpoint, or labels, graph or embeddings do not fit it.
    """
    tasks = TaskSet([MultiLabel("labels", tuple(labels))])
    imported = assemble(read_checkpoint(path, "ml-gcn"), RESNET, tasks, embeddings, graph)
    return replace(imported, assumed=(f"the labels are in the order of --labels: {shorten(labels)}",))


def _resnet_name(ours: str) -> str:
    """Return the published name; its module numbers are one lower, because our first module checks the images."""
    _, position, part = ours.split(".", 2)
    return f"features.{int(position) - 1}.{part}"


RESNET = Architecture("ML-GCN with ResNet-101", "resnet101", "max", 448, _resnet_name)
