"""Trained models, and larger graphs to extend them by."""

import numpy as np
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph

from gcnlabel.nn import CosineHead, LabelGraphHead, MultiTaskModel, ResidualHead, mlp
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

MORE = TaskSet(
    [
        MultiLabel("scenes", ("beach",)),  # a new task, before the others
        Dimensional("affect", ("arousal", "valence")),
        Categorical("expression", ("fear", "disgust", "sad", "happy")),
        MultiLabel("tags", ("cow", "cat", "dog", "emu")),
    ]
)
NEW = ("beach", "disgust", "emu")
KINDS = {"graph": lambda head: head, "residual": ResidualHead, "cosine": CosineHead}
KINDS["length"] = lambda head: CosineHead(head, ["affect"])
KINDS["both"] = lambda head: CosineHead(ResidualHead(head))


def trained(kind="graph", **options):
    """A model with parameters far from where they start."""
    torch.manual_seed(0)
    graph = propagation_graph(asymmetric(LABELS), torch.randn(LABELS, 5))
    inner = LabelGraphHead(graph, TASKS, 6, (7,), bias=True, **options)
    model = MultiTaskModel(mlp(4, hidden=(6,)), KINDS[kind](inner))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return graph, model.eval()


def larger(graph, seed=1, heard=True):
    """A graph of all labels; rows of the trained ones are as they were, and hear the new ones only if asked."""
    matrix = asymmetric(MORE.num_labels, seed)
    matrix[-1, 0] = matrix[0, -1] = 0.7
    place = [MORE.index(label) for label in TASKS.labels]
    new = [MORE.index(label) for label in NEW]
    matrix[np.ix_(place, place)] = graph.adjacency().numpy()
    if not heard:
        matrix[np.ix_(place, new)] = 0
    x = torch.randn(MORE.num_labels, 5, generator=torch.Generator().manual_seed(seed))
    x[place] = graph.x
    return propagation_graph(matrix, x, MORE)


def flat(scores, tasks, labels):
    whole = torch.cat([scores[task.name] for task in tasks], 1)
    return whole[:, [tasks.index(label) for label in labels]]
