"""The one road from annotations to a finished graph: of configs, the command line, estimators and studies alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gcnlabel.annotations import Annotations
from gcnlabel.embeddings import parse_embeddings
from gcnlabel.errors import InputError, OtherStatisticError
from gcnlabel.graph.borrowing import graph_to_borrow, with_borrowed
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.measured_from import measured_from, remember
from gcnlabel.graph.measuring import Pair, Pairs, graph_of_statistics
from gcnlabel.statistics import LabelStatistics, default_blocks
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import convention


@dataclass(frozen=True, kw_only=True)
class GraphRecipe:
    """How a label graph is made: measured by a statistic, and made a propagation matrix by a convention.

    Attributes:
        convention: Name of the convention, see :data:`gcnlabel.transforms.CONVENTIONS`.
        statistic: Statistic of each pair of tasks, whose edges alone then count; or one name for every pair that it
            suits. None for the convention's own, and its pairs.
        borrowed: Pair of tasks -> where its block comes from instead, as :func:`graph_to_borrow` takes it; its edges
            count too.
        tau: Threshold instead of the convention's.
        p: Weight of the neighbours instead of the convention's, or task -> weight.
        pairs: Pairs of tasks whose edges count, instead of all those above.
        embeddings: ``emotion-words``, ``one-hot``, ``random:SIZE:SEED`` or a file of word vectors; None for none.
        missing_words: What to do about words without a vector: ``error``, ``skip``, ``random`` or ``zero``.

    Raises:
        InputError: There is no convention of that name.

    Example:
        >>> import numpy as np
        >>> from gcnlabel.tasks import MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> annotations = Annotations(tasks, {"tags": np.array([[1, 0], [0, 1], [1, 0]])})
        >>> GraphRecipe(convention="signed-weighted").build(annotations).adjacency()
        tensor([[ 0.5000, -0.5000],
                [-0.5000,  0.5000]])
    """

    convention: str = "emotion-gcn-paper"
    statistic: Pairs | str | None = None
    borrowed: Pairs = field(default_factory=dict)
    tau: float | None = None
    p: float | Mapping[str, float] | None = None
    pairs: Sequence[Pair] | None = None
    embeddings: str | None = None
    missing_words: str = "error"

    def __post_init__(self) -> None:
        """Check the name of the convention."""
        convention(self.convention)

    def build(self, annotations: Annotations) -> LabelGraph:
        """Return the finished graph of annotations; give the training split alone."""
        return self.finish(self.measure(annotations))

    def blocks(self, tasks: TaskSet) -> Pairs:
        """Return the statistic of each pair of tasks that is measured."""
        if isinstance(self.statistic, Mapping):
            return self.statistic
        return default_blocks(tasks, self.statistic or convention(self.convention).statistic)

    def measure(self, annotations: Annotations | Iterable[Annotations], tasks: TaskSet | None = None) -> LabelGraph:
        """Return the raw graph of annotations, with what is borrowed.

        Args:
            annotations: Annotations of the training split, or chunks of them.
            tasks: Tasks whose labels become the nodes; must be given with chunks.

        Raises:
            InputError: A statistic does not suit its tasks, or there is no sample.
        """
        whole = annotations if isinstance(annotations, Annotations) else None
        if isinstance(annotations, Annotations):
            tasks, annotations = tasks or annotations.tasks, [annotations]
        if tasks is None:
            raise InputError("no tasks given beside chunks of annotations", expected="measure(chunks, tasks)")
        statistics = LabelStatistics(tasks, self.blocks(tasks))
        for part in annotations:
            statistics.update(part)
        raw = self.raw(statistics)
        if whole is not None and self.statistic is None:
            remember(raw, whole)
        return raw

    def raw(self, statistics: LabelStatistics) -> LabelGraph:
        """Return the raw graph of statistics that were measured as :meth:`blocks` says, with what is borrowed."""
        return self.borrow(graph_of_statistics(statistics, named=self.statistic is not None))

    def borrow(self, raw: LabelGraph) -> LabelGraph:
        """Return a raw graph with the borrowed blocks."""
        for pair, source in self.borrowed.items():
            raw = with_borrowed(raw, pair, graph_to_borrow(source, raw.tasks[pair[0]].labels))
        return raw

    def finish(self, raw: LabelGraph) -> LabelGraph:
        """Return the propagation graph of a raw one, with embeddings when they are named.

        A raw graph whose statistic nobody named, and is another than the convention's, is measured anew by the
        convention's own where :meth:`measure` made it of annotations.

        Raises:
            InputError: The graph is finished already; it was measured by another statistic than the convention's, which
                nobody asked for by name, and cannot be measured anew; or it has no edge.
        """
        pairs = self.edges_between(raw.tasks)
        _check_raw(raw)
        transform = convention(self.convention).transform(raw.tasks, tau=self.tau, p=self.p, pairs=pairs)
        wanted = pairs or convention(self.convention).pairs(raw.tasks)
        try:
            self._check_statistic(raw, wanted)
        except OtherStatisticError:
            annotations = measured_from(raw)
            if annotations is None:
                raise
            raw = self.measure(annotations, raw.tasks)
            self._check_statistic(raw, wanted)
        graph: LabelGraph = transform(raw)
        graph.history = {**graph.history, "convention": self.convention}
        if self.embeddings is None:
            return graph
        graph.history["embeddings"] = {"source": Path(self.embeddings).name, "missing_words": self.missing_words}
        return graph.with_embeddings(parse_embeddings(self.embeddings, raw.tasks.labels, self.missing_words))

    def edges_between(self, tasks: TaskSet) -> list[Pair] | None:
        """Return the pairs of tasks whose edges count, None for the convention's."""
        if self.pairs is not None:
            return list(self.pairs)
        if self.statistic is None and not self.borrowed:
            return None
        own = convention(self.convention).pairs(tasks) if self.statistic is None else list(self.blocks(tasks))
        return [*own, *self.borrowed]

    def _check_statistic(self, raw: LabelGraph, pairs: Iterable[Pair]) -> None:
        if "blocks" not in raw.history or raw.history.get("named"):
            return
        measured = _by_pair(raw.history["blocks"])
        blocks = default_blocks(raw.tasks, convention(self.convention).statistic)
        own = {frozenset(pair): name for pair, name in blocks.items()}
        for pair in pairs:
            found = measured.get(frozenset(pair))
            wanted = own.get(frozenset(pair), found)
            if found is None or found not in (wanted, "borrowed"):
                raise OtherStatisticError(
                    f"the graph holds {'no statistic' if found is None else repr(found)} of {':'.join(pair)}",
                    expected=f"{wanted or 'one'!r}, as the convention {self.convention!r} takes",
                    fix=f"measure it for this convention: measured_graph(..., convention={self.convention!r}); or name "
                    f"the statistic there: measured_graph(..., {found or 'spearman'!r})",
                )


def _by_pair(blocks: Iterable[Mapping[str, Any]]) -> dict[frozenset[str], str]:
    return {frozenset(block["tasks"]): block["statistic"] for block in blocks}


def _check_raw(raw: LabelGraph) -> None:
    if "convention" in raw.history:
        raise InputError(
            f"the graph was made a propagation matrix before, by {raw.history['convention']!r}",
            expected="a raw graph",
            fix="LabelGraph.from_dense(graph.statistic, graph.tasks) holds the statistic that it was made of",
        )
