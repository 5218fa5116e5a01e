"""Blocks of a raw graph that other data sets give: statistics of several in one graph (Emotion-GCN, Section IV-E)."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.annotations.counted_rows import used_rows
from gcnlabel.errors import InputError, note, shorten
from gcnlabel.faces import emotic_to_expressions, read_emotic
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.matrix_files import read_matrix
from gcnlabel.graph.measuring import graph_of_statistics
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.graph.sources import graph_from_matrix
from gcnlabel.statistics import LabelStatistics, default_blocks


def with_borrowed(raw: LabelGraph, pair: tuple[str, str], other: LabelGraph) -> LabelGraph:
    """Return a raw graph whose block of one pair of tasks is taken from another raw graph, by the names of the labels.

    So statistics of several data sets stand in one graph (Emotion-GCN, Section IV-E).

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
    key = "blocks" if "blocks" in raw.history else "borrowed"  # of what was not measured, no block is known
    blocks = [block for block in raw.history.get(key, []) if sorted(block["tasks"]) != sorted(pair)]
    borrowed = {"tasks": list(pair), "statistic": "borrowed", "from": other.history}
    return LabelGraph.from_dense(matrix.numpy(), raw.tasks, history={**raw.history, key: [*blocks, borrowed]})


def graph_to_borrow(source: str, labels: Sequence[str]) -> LabelGraph:
    """Return the raw graph that a text names.

    Args:
        source: ``emotic:PATH`` for the conditional probabilities of EMOTIC's training split, a raw graph
            (.safetensors), or a matrix with label names (.csv).
        labels: Expressions that EMOTIC's categories are mapped to.

    Raises:
        InputError: The file or folder cannot be used.
    """
    name, _, path = source.partition(":")
    if name == "emotic" and path:
        persons = read_emotic(path)
        note(f"{source}: {(used_rows(persons.annotations) + persons.rows).of_splits(['train']).line()}")
        expressions = emotic_to_expressions(persons, classes=labels).of_split("train")
        blocks = default_blocks(expressions.tasks, "conditional")
        graph = graph_of_statistics(LabelStatistics(expressions.tasks, blocks).update(expressions), named=True)
        graph.history = {**graph.history, "source": "EMOTIC"}
        return graph
    if source.endswith(".csv"):
        return graph_from_matrix(*read_matrix(source))
    return LabelGraph.load(source)
