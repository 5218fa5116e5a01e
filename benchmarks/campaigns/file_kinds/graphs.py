"""Label graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from file_kinds.kind import file_kind
from file_kinds.tables import TASKS
from gcnlabel.embeddings import one_hot
from gcnlabel.graph import LabelGraph


def _write(folder: Path) -> None:
    size = len(TASKS.labels)
    matrix = np.linspace(0, 1, size * size).reshape(size, size)
    history = {"source": "measured", "counts": dict.fromkeys(TASKS.labels, 3.0)}
    LabelGraph.from_dense(matrix, TASKS, x=one_hot(TASKS.labels), history=history).save(folder / "x.safetensors")
    LabelGraph.from_dense(matrix > 0.5, TASKS).save(folder / "bare.safetensors")


@file_kind("graph", _write, "*.safetensors")
def _read(path: Path) -> None:
    graph = LabelGraph.load(path)
    graph.adjacency()
