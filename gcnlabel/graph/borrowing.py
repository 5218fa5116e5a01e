"""Combine the statistics of several data sets in one raw graph (Emotion-GCN, Section IV-E)."""

from __future__ import annotations

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense


def with_borrowed(raw: LabelGraph, pair: tuple[str, str], other: LabelGraph) -> LabelGraph:
    """Return a raw graph whose block of one pair of tasks is replaced by that of another raw graph, by label names.

    Args:
        raw: The graph.
        pair: Names of two tasks of ``raw``, or of one task twice.
        other: Graph with at least the labels of both tasks.

    Raises:
        InputError: ``raw`` has no such task, or ``other`` lacks one of the labels.

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> raw = LabelGraph.from_dense([[0, 0], [0, 0]], tasks)
        >>> with_borrowed(raw, ("tags", "tags"), LabelGraph.from_dense([[0, 3], [0, 0]], ["dog", "cat"])).adjacency()
        tensor([[0., 0.],
                [3., 0.]])
    """
    wanted = [label for name in dict.fromkeys(pair) for label in raw.tasks[name].labels]
    missing = [label for label in wanted if label not in other.labels]
    if missing:
        raise InputError(f"the graph to borrow {pair[0]}:{pair[1]} from lacks {shorten(missing)}")
    a, b = (raw.tasks.slice_of(name) for name in pair)
    in_a, in_b = ([other.labels.index(label) for label in raw.tasks[name].labels] for name in pair)
    matrix, theirs = as_dense(raw.statistic).clone(), as_dense(other.statistic)
    matrix[a, b] = theirs[in_a][:, in_b]
    matrix[b, a] = theirs[in_b][:, in_a]
    key = "blocks" if "blocks" in raw.history else "borrowed"  # a graph that was not measured has no blocks
    blocks = [block for block in raw.history.get(key, []) if sorted(block["tasks"]) != sorted(pair)]
    borrowed = {"tasks": list(pair), "statistic": "borrowed", "from": other.history}
    return LabelGraph.from_dense(matrix.numpy(), raw.tasks, history={**raw.history, key: [*blocks, borrowed]})
