"""Extend trained heads by new labels."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.graph import LabelGraph, similarity_graph
from gcnlabel.graph.agreement import COSINES, warn_of_disagreement
from gcnlabel.nn.adjacency import Adjacency
from gcnlabel.tasks import TaskSet


def trained_places(tasks: TaskSet, graph: LabelGraph) -> Tensor:
    """Return the position of each trained label in a larger graph, matched by name, int64 [L].

    Args:
        tasks: Tasks that were trained.
        graph: Graph whose tasks contain these labels and others, in any order.

    Raises:
        InputError: The graph lacks a trained label, or holds it in another task or in a task of another type.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> graph = LabelGraph.from_dense([[0] * 3] * 3, TaskSet([MultiLabel("tags", ["cow", "cat", "dog"])]))
        >>> trained_places(TaskSet([MultiLabel("tags", ["cat", "dog"])]), graph).tolist()
        [1, 2]
    """
    there = set(graph.labels)
    missing = [label for label in tasks.labels if label not in there]
    if missing:
        raise InputError(
            f"the graph lacks {len(missing)} of the {tasks.num_labels} trained labels: {shorten(missing)}",
            expected="every label the model was trained on, and new ones",
            fix=closest(missing[0], graph.labels),
        )
    for label in tasks.labels:
        old, new = tasks.task_of(label), graph.tasks.task_of(label)
        if (old.name, old.type) != (new.name, new.type):
            raise InputError(
                f"label {label!r} is in the {new.type} task {new.name!r} of the graph",
                expected=f"the {old.type} task {old.name!r}, in which it was trained",
            )
    return torch.tensor([graph.tasks.index(label) for label in tasks.labels])


def extended_rows(values: Tensor, tasks: TaskSet, graph: LabelGraph, fill: Tensor | float = 0.0) -> Tensor:
    """Return values of the trained labels, [L, ...], as values of all labels of a larger graph.

    Args:
        values: One row per trained label.
        tasks: Tasks that were trained.
        graph: The larger graph.
        fill: Values of new labels: one value, or a row for each label of the graph.
    """
    rows = torch.zeros(graph.tasks.num_labels, *values.shape[1:], dtype=values.dtype, device=values.device) + fill
    rows[trained_places(tasks, graph).to(values.device)] = values
    return rows


def extended_bias(bias: Tensor, tasks: TaskSet, graph: LabelGraph) -> Tensor:
    """Return the biases of trained labels, and for new ones the mean bias of their task; 0 in a new task.

    The frequency of a new label is unknown: it is assumed to be that of the labels of its task.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> graph = LabelGraph.from_dense([[0] * 3] * 3, TaskSet([MultiLabel("tags", ["cow", "cat", "dog"])]))
        >>> extended_bias(torch.tensor([-1.0, -3.0]), TaskSet([MultiLabel("tags", ["cat", "dog"])]), graph).tolist()
        [-2.0, -1.0, -3.0]
    """
    means = [bias[tasks.slice_of(t)].mean() if t.name in tasks.names else bias.new_zeros(()) for t in graph.tasks]
    return extended_rows(bias, tasks, graph, torch.stack(means)[torch.tensor(graph.tasks.task_indices())])


def copied_layers(gcn: Any) -> dict[str, Any]:
    """Return ``conv`` and ``activation`` that make a second generator with copies of the trained layers."""
    layers = iter(copy.deepcopy(gcn.convs))
    return {"conv": lambda *_: next(layers), "activation": lambda: copy.deepcopy(gcn.activation)}


def check_larger(x: Tensor, adjacency: Adjacency, tasks: TaskSet, graph: LabelGraph) -> None:
    """Check that a larger graph embeds trained labels as in training; warn about unreliable edges of new labels.

    Cosines of embeddings are unreliable where they disagree with the edges that trained labels had.

    Args:
        x: Embeddings of the trained labels [L, F].
        adjacency: The Â that they were trained with.
        tasks: Tasks that were trained.
        graph: The larger graph.

    Raises:
        InputError: See :func:`check_embeddings`.
    """
    check_embeddings(x, tasks, graph)
    if graph.history.get("source") == COSINES:
        trained = LabelGraph.from_dense(adjacency.dense().detach().double().cpu().numpy(), tasks)
        warn_of_disagreement(trained, similarity_graph(tasks, x.cpu()))


def check_embeddings(trained: Tensor, tasks: TaskSet, graph: LabelGraph) -> None:
    """Check that a larger graph embeds the trained labels as they were embedded in training.

    Args:
        trained: Embeddings of the trained labels [L, F].
        tasks: Tasks that were trained.
        graph: The larger graph.

    Raises:
        InputError: The graph has no embeddings, embeddings of another size, or different ones for the trained labels
            (as random and one-hot embeddings, which depend on the order of the labels).
    """
    x, size = graph.x, trained.shape[1]
    names = _embedded_otherwise(trained, tasks, graph)
    if names and _is_one_hot(trained):
        raise InputError(
            "the model was trained with one-hot embeddings, which carry no information about new labels",
            expected=f"embeddings [L, {size}], those of the trained labels as in training",
            fix="train with word vectors of the names, or random:SIZE:SEED drawn for all labels, new ones too; or give "
            "the new labels rows of zeros and the trained ones their one-hot rows: only edges then describe new labels",
        )
    if x is None or x.dim() != 2 or x.shape[1] != size:
        given = "no embeddings" if x is None else f"embeddings of shape {list(x.shape)}"
        raise InputError(
            f"the graph has {given}",
            expected=f"[L, {size}], made as those of the trained labels",
            fix="graph.with_embeddings(parse_embeddings(SOURCE, graph.labels)), with the SOURCE of the trained graph",
        )
    graph.with_embeddings(x)  # checks rows and values
    if names:
        raise InputError(
            f"the graph embeds {len(names)} trained label(s) differently than in training: {shorten(names)}",
            expected="the embeddings they were trained with; random and one-hot ones depend on the other labels",
            fix="draw embeddings of all labels at once, before training, and train with the rows of the trained ones",
        )


def _embedded_otherwise(trained: Tensor, tasks: TaskSet, graph: LabelGraph) -> list[str]:
    """Return the trained labels whose embeddings differ from those in training; all if the shapes differ."""
    x = graph.x
    if x is None or x.dim() != 2 or x.shape[1] != trained.shape[1] or len(x) != graph.tasks.num_labels:
        return list(tasks.labels)
    ours = x[trained_places(tasks, graph)].to(trained.device, trained.dtype)
    differs = ~torch.isclose(ours, trained, rtol=1e-3, atol=1e-5).all(1)
    return [label for label, differ in zip(tasks.labels, differs.tolist(), strict=True) if differ]


def _is_one_hot(x: Tensor) -> bool:
    return x.shape[0] == x.shape[1] and bool((x == torch.eye(len(x), dtype=x.dtype, device=x.device)).all())
