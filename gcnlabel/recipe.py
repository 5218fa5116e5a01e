"""From annotations or a published matrix to a propagation graph with embeddings, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gcnlabel.annotations import Annotations, emotic_to_expressions, read_emotic
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph, graph_from_entries, graph_from_matrix, read_matrix
from gcnlabel.graph.raw_matrix import MOST_DENSE, as_dense
from gcnlabel.statistics import LabelStatistics, default_blocks
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import convention

Pairs = Mapping[tuple[str, str], str]


def measured_graph(
    parts: Annotations | Iterable[Annotations], tasks: TaskSet, statistics: Pairs | str | None = None
) -> LabelGraph:
    """Return the raw graph that is measured from annotations.

    Args:
        parts: Annotations, or chunks of them; give the training split alone.
        tasks: Tasks whose labels become the nodes.
        statistics: Statistic of each pair of tasks, one name for every pair it suits, or None for the default:
            Spearman for classes or tags against dimensions, conditional probability for tags against tags.

    Raises:
        InputError: A statistic does not suit its tasks, or there is no sample.
    """
    accumulator = LabelStatistics(tasks, blocks_of(tasks, statistics))
    for part in [parts] if isinstance(parts, Annotations) else parts:
        accumulator.update(part)
    return graph_of_statistics(accumulator)


def blocks_of(tasks: TaskSet, statistics: Pairs | str | None) -> Pairs:
    """Return the statistic of each pair of tasks, from what :func:`measured_graph` takes."""
    return statistics if isinstance(statistics, Mapping) else default_blocks(tasks, statistics)


def graph_of_statistics(accumulator: LabelStatistics) -> LabelGraph:
    """Return the raw graph of statistics that were measured.

    Raises:
        InputError: They saw no sample.
    """
    if accumulator.num_samples == 0:
        raise InputError(
            "no sample to measure the label graph on",
            expected="at least one row of the split that is measured",
            fix="name a split that the column --split-column (data.split_column) holds by --split (data.splits.train); "
            "--split all takes every row",
        )
    history = {
        "source": "annotations",
        "blocks": accumulator.describe(),
        "num_samples": accumulator.num_samples,
    }
    if accumulator.tasks.num_labels <= MOST_DENSE:
        return LabelGraph.from_dense(accumulator.compute(), accumulator.tasks, history=history)
    return graph_from_entries(*accumulator.entries(), accumulator.tasks, history=history)


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
        >>> from gcnlabel.tasks import MultiLabel
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
    blocks = [block for block in raw.history.get("blocks", []) if sorted(block["tasks"]) != sorted(pair)]
    borrowed = {"tasks": list(pair), "statistic": "borrowed", "from": other.history}
    return LabelGraph.from_dense(matrix.numpy(), raw.tasks, history={**raw.history, "blocks": [*blocks, borrowed]})


def borrow_blocks(
    raw: LabelGraph, sources: Pairs, name: str, pairs: Iterable[tuple[str, str]] | None = None
) -> tuple[LabelGraph, list[tuple[str, str]] | None]:
    """Return a raw graph with blocks of other sources, and the pairs of tasks whose edges then count.

    Args:
        raw: Graph of raw statistics.
        sources: Pair of tasks -> where its block comes from, as :func:`graph_to_borrow` takes it.
        name: The convention that is to follow.
        pairs: Pairs that counted before, None for the convention's.
    """
    if not sources:
        return raw, None if pairs is None else list(pairs)
    for pair, source in sources.items():
        raw = with_borrowed(raw, pair, graph_to_borrow(source, raw.tasks[pair[0]].labels))
    return raw, [*(convention(name).pairs(raw.tasks) if pairs is None else pairs), *sources]


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
        expressions = emotic_to_expressions(read_emotic(path), classes=labels).of_split("train")
        graph = measured_graph(expressions, expressions.tasks, "conditional")
        graph.history = {**graph.history, "source": "EMOTIC"}
        return graph
    if source.endswith(".csv"):
        return graph_from_matrix(*read_matrix(source))
    return LabelGraph.load(source)


def propagation_graph(
    raw: LabelGraph,
    name: str = "emotion-gcn-paper",
    *,
    tau: float | None = None,
    p: float | Mapping[str, float] | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
    embeddings: str | None = None,
    missing_words: str = "error",
) -> LabelGraph:
    """Return a raw graph made a propagation matrix by a named convention, with embeddings when they are named.

    Args:
        raw: Graph of raw statistics.
        name: The convention; see :data:`gcnlabel.transforms.CONVENTIONS`.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's, or task -> weight.
        pairs: Pairs of tasks whose edges count, instead of the convention's.
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors.
        missing_words: What to do about words without a vector: ``error``, ``skip``, ``random`` or ``zero``.
    """
    transform = convention(name).transform(raw.tasks, tau=tau, p=p, pairs=None if pairs is None else list(pairs))
    graph: LabelGraph = transform(raw)
    graph.history = {**graph.history, "convention": name}
    if embeddings is None:
        return graph
    graph.history["embeddings"] = {"source": Path(embeddings).name, "missing_words": missing_words}
    return graph.with_embeddings(parse_embeddings(embeddings, raw.tasks.labels, missing_words))


def measured_pairs(raw: LabelGraph) -> list[tuple[str, str]] | None:
    """Return the pairs of tasks that a raw graph was measured for, None when it was not measured."""
    blocks = raw.history.get("blocks")
    return None if blocks is None else [tuple(block["tasks"]) for block in blocks]
