"""Tasks and propagation graphs to try heads on."""

import numpy as np
import torch

from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("expression", ("sad", "happy", "fear")),
        Dimensional("affect", ("valence", "arousal")),
        MultiLabel("tags", ("cat", "dog", "cow")),
    ]
)
LABELS = TASKS.num_labels


def asymmetric(size, seed=0):
    """A sparse signed matrix [L, L] with self-loops that is far from its transpose; the last label is isolated."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size)) * (rng.random((size, size)) < 0.5)
    matrix[-1, :-1] = matrix[:-1, -1] = 0
    np.fill_diagonal(matrix, 0.5)
    return matrix


def edges(matrix):
    """Source, target and weight: Â[i, j] is the edge j -> i."""
    target, source = np.nonzero(matrix)
    return torch.as_tensor(np.stack([source, target])), torch.as_tensor(matrix[target, source])


def propagation_graph(matrix, x, tasks=TASKS):
    """A label graph whose adjacency is ``matrix``, self-loops too."""
    edge_index, edge_weight = edges(np.asarray(matrix))
    graph = LabelGraph.from_dense(matrix, tasks, x=x)
    graph.edge_index, graph.edge_weight = edge_index, edge_weight
    return graph
