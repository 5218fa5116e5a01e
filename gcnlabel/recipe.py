"""From annotations or a published matrix to a propagation graph with embeddings, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gcnlabel.annotations import Annotations
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
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
    blocks = statistics if isinstance(statistics, Mapping) else default_blocks(tasks, statistics)
    accumulator = LabelStatistics(tasks, blocks)
    for part in [parts] if isinstance(parts, Annotations) else parts:
        accumulator.update(part)
    if accumulator.num_samples == 0:
        raise InputError("no sample to measure the label graph on", expected="annotations with at least one row")
    history = {
        "source": "annotations",
        "blocks": accumulator.describe(),
        "num_samples": accumulator.num_samples,
    }
    return LabelGraph.from_dense(accumulator.compute(), tasks, history=history)


def propagation_graph(
    raw: LabelGraph,
    name: str = "emotion-gcn-paper",
    *,
    tau: float | None = None,
    p: float | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
    embeddings: str | None = None,
    missing_words: str = "error",
) -> LabelGraph:
    """Return a raw graph made a propagation matrix by a named convention, with embeddings when they are named.

    Args:
        raw: Graph of raw statistics.
        name: The convention; see :data:`gcnlabel.transforms.CONVENTIONS`.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's.
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
