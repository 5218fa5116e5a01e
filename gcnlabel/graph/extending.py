"""Extend graphs by labels without annotations, whose edges come from another source."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.errors import InputError
from gcnlabel.graph.agreement import COSINES, warn_of_disagreement
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.tasks import TaskSet


def similarity_graph(tasks: TaskSet | Sequence[str], x: Tensor) -> LabelGraph:
    """Return the raw graph whose weights are the cosine similarities of label embeddings.

    Cosines of word vectors measure whether labels are used in similar contexts, not whether they occur together:
    opposites are similar too, and a label may then score worse than chance. :func:`joined_graph` and
    :meth:`gcnlabel.nn.MultiTaskModel.extend` warn where cosines of the trained labels disagree with their statistics;
    see :func:`agreement_of`.

    Args:
        tasks: Tasks, or names of labels.
        x: Embeddings [L, F]; a row of zeros has cosine 0 with every other.

    Raises:
        InputError: There is not one finite row per label.

    Example:
        >>> similarity_graph(["cat", "dog"], torch.tensor([[1.0, 0.0], [3.0, 4.0]])).adjacency()
        tensor([[0.0000, 0.6000],
                [0.6000, 0.0000]])
    """
    size = tasks.num_labels if isinstance(tasks, TaskSet) else len(tasks)
    if x.dim() != 2 or len(x) != size:
        raise InputError(f"embeddings of shape {list(x.shape)}", expected=f"[{size}, F], one row per label")
    unit = F.normalize(x.double(), dim=1)
    cosines = (unit @ unit.T).clamp(-1, 1)
    return LabelGraph.from_dense(cosines.numpy(), tasks, x=x, history={"source": COSINES})


def joined_graph(raw: LabelGraph, other: LabelGraph) -> LabelGraph:
    """Return the raw graph over all labels of ``other``, with the statistics of ``raw`` for the pairs that it has.

    All other pairs have the statistics of ``other``, matched by name. If ``other`` disagrees with ``raw`` on the pairs
    of ``raw``, its edges of new labels are unreliable: a :class:`~gcnlabel.errors.DisagreeingEdgesWarning` is given.

    Args:
        raw: Raw graph of the trained labels.
        other: Raw graph of these labels and new ones, measured elsewhere.

    Raises:
        InputError: ``other`` lacks a label of ``raw``.

    Example:
        >>> raw = LabelGraph.from_dense([[0, 0.5], [0.5, 0]], ["cat", "dog"])
        >>> other = LabelGraph.from_dense([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]], ["dog", "cow", "cat"])
        >>> joined_graph(raw, other).adjacency()
        tensor([[0.0000, 0.1000, 0.5000],
                [0.1000, 0.0000, 0.3000],
                [0.5000, 0.3000, 0.0000]])
    """
    place = torch.tensor([other.tasks.index(label) for label in raw.labels])
    warn_of_disagreement(raw, other)
    statistic = as_dense(other.statistic).clone()
    statistic[place[:, None], place] = as_dense(raw.statistic)
    ours: dict[str, Any] = {key: raw.history[key] for key in ("blocks", "named") if key in raw.history}
    history: dict[str, Any] = {"source": "joined", **ours, "new": other.history}
    return LabelGraph.from_dense(statistic.numpy(), other.tasks, x=other.x, history=history)


def attached_graph(trained: LabelGraph, larger: LabelGraph) -> LabelGraph:
    """Return a larger propagation graph in which trained labels keep the in-neighbours of training.

    There are edges from trained to new labels and none back: a model that is extended by this graph scores the
    trained labels exactly as before.

    Args:
        trained: Propagation graph that the model was trained with.
        larger: Propagation graph over its labels and new ones, with embeddings; only rows of new labels are used.

    Raises:
        InputError: ``larger`` lacks a trained label.

    Example:
        >>> trained = LabelGraph.from_dense([[0, 0.5], [0.5, 0]], ["cat", "dog"])
        >>> larger = LabelGraph.from_dense([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]], ["dog", "cow", "cat"])
        >>> attached_graph(trained, larger).adjacency()
        tensor([[0.0000, 0.0000, 0.5000],
                [0.1000, 0.0000, 0.3000],
                [0.5000, 0.0000, 0.0000]])
    """
    place = torch.tensor([larger.tasks.index(label) for label in trained.labels])
    is_new = torch.ones(larger.tasks.num_labels, dtype=torch.bool)
    is_new[place] = False
    of_new = is_new[larger.edge_index[1]]
    graph: LabelGraph = copy.copy(larger)
    graph.edge_index = torch.cat([place[trained.edge_index], larger.edge_index[:, of_new]], dim=1)
    graph.edge_weight = torch.cat([trained.edge_weight, larger.edge_weight[of_new]])
    return graph
