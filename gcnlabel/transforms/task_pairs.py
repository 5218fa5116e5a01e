"""Selection of edges by pairs of tasks."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms.label_transform import LabelTransform

Pair = tuple[str, str]


class TaskPairs(LabelTransform):
    """Keep, or drop, the edges between given pairs of tasks, in both directions.

    Emotion-GCN (Eq. 3) keeps only expression-affect; ML-GCN keeps tags-tags. Self-loops stay.

    Args:
        keep: Pairs of task names whose edges are kept; all others are removed.
        drop: Pairs of task names whose edges are removed; all others are kept. Give exactly one of the two.

    Raises:
        InputError: Both or none are given, a pair is not two names, or (when applied) a task is unknown.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> from gcnlabel.tasks import Categorical, Dimensional, TaskSet
        >>> tasks = TaskSet([Categorical("expression", ["sad", "happy"]), Dimensional("affect", ["valence"])])
        >>> graph = LabelGraph.from_dense([[0, 1, 2], [1, 0, 3], [2, 3, 0]], tasks)
        >>> TaskPairs(keep=[("expression", "affect")])(graph).adjacency().tolist()
        [[0.0, 0.0, 2.0], [0.0, 0.0, 3.0], [2.0, 3.0, 0.0]]
    """

    def __init__(self, *, keep: Iterable[Pair] | None = None, drop: Iterable[Pair] | None = None) -> None:
        if (keep is None) == (drop is None):
            raise InputError("TaskPairs takes either keep or drop", expected="one list of pairs of task names")
        self.keep = None if keep is None else _pairs(keep)
        self.drop = None if drop is None else _pairs(drop)

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the edges of the kept blocks."""
        tasks: TaskSet | None = getattr(graph, "tasks", None)
        if tasks is None:
            raise InputError("TaskPairs: the graph has no tasks", expected="a LabelGraph")
        named = torch.zeros(len(tasks), len(tasks), dtype=torch.bool, device=graph.edge_index.device)  # [T, T]
        for a, b in self.keep or self.drop or []:
            i, j = (tasks.names.index(tasks[name].name) for name in (a, b))
            named[i, j] = named[j, i] = True
        source, target = graph.edge_index
        inside = named[graph.task[target], graph.task[source]]
        stay = (inside if self.drop is None else ~inside) | (source == target)
        return graph.edge_index[:, stay], graph.edge_weight[stay]


def _pairs(pairs: Iterable[Pair]) -> list[list[str]]:
    plain = [pair if isinstance(pair, str) else list(pair) for pair in pairs]
    for pair in plain:
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            raise InputError(f"TaskPairs: {pair!r} is no pair", expected="a list of (task, task) names")
    return [list(pair) for pair in plain]
