"""Write files for the published codes: ``adj.pkl`` and word vectors.

Both codes compute the propagation matrix themselves, from the raw statistic.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import write_together
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.pickles import pickled_arrays, pickled_frame

EMOTION_GCN_TAU = 0.1
"""Threshold that is hard-coded in the released Emotion-GCN code."""


def write_ml_gcn(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write ``{"adj": M, "nums": N}`` for ML-GCN's code, and the word vectors if the graph has embeddings.

    M [L, L] is the number of samples with both labels, 0 on the diagonal, and N [L] that with each label; the vectors
    are an array [L, F] in a file whose name ends in ``_word2vec.pkl``.

    Args:
        graph: A graph of measured conditional probabilities, or of counts.
        path: The file of counts.
        overwrite: Whether existing files may be replaced.

    Returns:
        The written files.

    Raises:
        InputError: The graph has no counts, a label has the count 0 (that code divides by it), or a file exists or
            cannot be written.
    """
    counts, together = _counts(graph)
    alone = [label for label, count in zip(graph.labels, counts, strict=True) if count == 0]
    if alone:
        raise InputError(
            f"no sample has {shorten(alone)}",
            expected="a sample with each label: the released code divides by their number, and gets NaN",
            fix="leave the label out: build the graph of tasks without it",
        )
    files = {Path(path): pickled_arrays({"adj": together, "nums": counts})}
    if graph.x is not None:
        files[_beside(path, "_word2vec.pkl")] = pickled_arrays(graph.x.double().numpy())
    return write_together(files, overwrite=overwrite)


def write_emotion_gcn(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write the frame of correlations for Emotion-GCN's code, and the label embeddings if the graph has some.

    The frame has one row and one column per label, classes first, and 1 on the diagonal, as that code requires; the
    embeddings are a tensor [L, F] written by ``torch.save``, in a file whose name ends in ``_emb.pkl``.

    Args:
        graph: A graph of one categorical and one dimensional task.
        path: The file of the frame.
        overwrite: Whether existing files may be replaced.

    Returns:
        The written files.

    Raises:
        InputError: The graph has other tasks or no statistic, or a label has no neighbour (that code would divide by
            0), or a file exists or cannot be written.
    """
    of_classes = [task.exclusive for task in graph.tasks]
    if sorted(of_classes) != [False, True] or any(task.binary for task in graph.tasks):
        raise InputError(
            f"a graph of {graph.tasks!r}", expected="one categorical and one dimensional task, as that code has"
        )
    tasks = sorted(graph.tasks, key=lambda task: not task.exclusive)
    places = [graph.tasks.index(label) for task in tasks for label in task.labels]
    names = [graph.labels[i] for i in places]
    matrix = _statistic(graph)[np.ix_(places, places)]
    np.fill_diagonal(matrix, 1)
    _check_neighbours(matrix, names, len(tasks[0]))
    files = {Path(path): pickled_frame(matrix, names)}
    if graph.x is not None:
        stream = io.BytesIO()
        torch.save(graph.x[places].float().clone(), stream)
        files[_beside(path, "_emb.pkl")] = stream.getvalue()
    return write_together(files, overwrite=overwrite)


def _counts(graph: LabelGraph) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return N and M = P N of the graph's conditional probabilities P."""
    given = graph.history.get("counts", {})
    missing = [label for label in graph.labels if label not in given]
    if missing:
        raise InputError(
            f"the graph has no counts of {shorten(missing)}",
            expected="conditional probabilities of one multi-label task, each tag annotated in the same samples",
            fix="the counts, which that code needs, cannot be computed from a finished graph: build it again from "
            "annotations, by a convention of ml-gcn or --statistic TASK=conditional, or from --from-counts",
        )
    counts = np.array([given[label] for label in graph.labels], dtype=np.float64)
    together = _statistic(graph) * counts[:, None]
    np.fill_diagonal(together, 0)
    if np.abs(together - together.T).max(initial=0) > 1e-6 * max(counts.max(initial=0), 1):
        raise InputError("the graph's statistic and counts are inconsistent", fix="build it again")
    if (counts == np.rint(counts)).all():
        return counts.astype(np.int64), np.rint(together).astype(np.int64)
    return counts, together  # of weighted samples


def _statistic(graph: LabelGraph) -> npt.NDArray[np.float64]:
    if graph.statistic is None:
        raise InputError("the graph has no statistic, only edges", fix="build it from annotations, a matrix or counts")
    return np.array(as_dense(graph.statistic).numpy(), dtype=np.float64)


def _check_neighbours(matrix: npt.NDArray[np.float64], names: list[str], classes: int) -> None:
    edges = np.abs(matrix) >= EMOTION_GCN_TAU
    edges[:classes, :classes] = False
    np.fill_diagonal(edges, False)
    alone = [name for name, row in zip(names, edges, strict=True) if not row.any()]
    if alone:
        raise InputError(
            f"{shorten(alone)} has no correlation of at least {EMOTION_GCN_TAU}",
            expected="a neighbour for each label: the released code divides by their number",
            fix="leave the label out, or lower the threshold in that code and export --format npz",
        )


def _beside(path: str | Path, ending: str) -> Path:
    path = Path(path)
    return path.with_name(path.stem.removesuffix("_adj") + ending)
