"""Label graphs to try transforms on."""

import numpy as np
import torch
from hypothesis import strategies as st

from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

NAMES = ("a", "b", "c", "d", "e", "f", "g")


def graph_of(matrix, tasks=None, dtype=torch.float64):
    """A graph of every non-zero entry, those on the diagonal too."""
    matrix = np.asarray(matrix, dtype=np.float64)
    tasks = tasks or TaskSet([MultiLabel("tags", NAMES[: len(matrix)])])
    graph = LabelGraph.from_dense(matrix, tasks, x=torch.eye(len(matrix)), history={"source": "test"}, dtype=dtype)
    diagonal = torch.tensor(np.diag(matrix), dtype=dtype)
    loops = diagonal.nonzero().flatten()
    graph.edge_index = torch.cat([graph.edge_index, loops.expand(2, -1)], dim=1)
    graph.edge_weight = torch.cat([graph.edge_weight, diagonal[loops]])
    return graph


def two_tasks(size):
    """``size`` labels, the last of which is a dimension."""
    return TaskSet([Categorical("expression", NAMES[: size - 1]), Dimensional("affect", NAMES[size - 1 : size])])


@st.composite
def signed_matrices(draw):
    """Signed asymmetric matrices [L, L] of distinct sizes, some with isolated labels and self-loops, never edgeless."""
    size = draw(st.integers(2, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    matrix = (1 + rng.permutation(size * size)).reshape(size, size) / size**2
    matrix *= rng.choice([-1, 1], (size, size)) * (rng.random((size, size)) < draw(st.floats(0, 1)))
    alone = rng.random(size) < draw(st.sampled_from([0, 0.3]))
    matrix[alone] = matrix[:, alone] = 0
    matrix[0, 1] = 1.5
    return matrix
