"""Build raw graphs from measured statistics."""

from __future__ import annotations

import warnings
from typing import Any

from gcnlabel.errors import FewSamplesWarning, InputError
from gcnlabel.graph.entries import graph_from_entries
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import MAX_DENSE
from gcnlabel.statistics import LabelStatistics
from gcnlabel.statistics.few import NAMED, few_samples_text

Pair = tuple[str, str]


def graph_of_statistics(statistics: LabelStatistics, *, named: bool = False) -> LabelGraph:
    """Return the raw graph of measured statistics.

    Args:
        statistics: The accumulated statistics.
        named: Whether the user named the statistic; a convention then accepts it instead of its own.

    Raises:
        InputError: No sample was counted.
    """
    if statistics.num_samples == 0:
        raise InputError(
            "no sample to measure the label graph on",
            expected="at least one row of the split that is measured",
            fix="name a split that the column --split-column (data.split_column) holds by --split (data.splits.train); "
            "--split all takes every row",
        )
    history: dict[str, Any] = {
        "source": "annotations",
        "blocks": statistics.describe(),
        "named": named,
        "num_samples": statistics.num_samples,
    }
    counts = statistics.counts()
    if counts:
        history["counts"] = counts
    if few := statistics.few_samples():
        history["few_samples"] = {"number": len(few), "pairs": [list(pair) for pair in few[:NAMED]]}
        warnings.warn(few_samples_text(history["few_samples"]), FewSamplesWarning, stacklevel=2)
    if statistics.tasks.num_labels <= MAX_DENSE:
        return LabelGraph.from_dense(statistics.compute(), statistics.tasks, history=history)
    return graph_from_entries(*statistics.entries(), statistics.tasks, history=history)


def pair_of(text: str) -> Pair:
    """Parse ``TASK:TASK``, or ``TASK`` for the pair of a task with itself.

    Example:
        >>> pair_of("tags:affect"), pair_of("tags")
        (('tags', 'affect'), ('tags', 'tags'))
    """
    a, _, b = text.partition(":")
    return a, b or a
