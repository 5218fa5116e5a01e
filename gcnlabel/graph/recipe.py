"""Build a finished graph from annotations, for configs, the command line, estimators and studies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gcnlabel.annotations import Annotations
from gcnlabel.embeddings import EMBEDDINGS
from gcnlabel.errors import InputError
from gcnlabel.graph.borrowing import with_borrowed
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.lenders import LENDERS, graph_to_borrow
from gcnlabel.graph.measuring import Pair, graph_of_statistics
from gcnlabel.statistics import STATISTICS, LabelStatistics, default_blocks
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import CONVENTIONS, Convention
from gcnlabel.transforms.conventions import DEFAULT_CONVENTION, all_pairs


@dataclass(frozen=True, kw_only=True)
class GraphRecipe:
    """Recipe of a label graph: statistics of annotations, made a propagation matrix by a convention.

    Convention and statistics are given by name, or as a mapping of ``name`` and options.

    Attributes:
        convention: A convention, e.g. ``signed``, ``emotion-gcn-paper`` or ``ml-gcn-paper``.
        statistic: Statistic of each pair of tasks, without which a pair is not used; or one name for every pair that it
            suits. None for statistic and pairs of the convention.
        borrowed: Pair of tasks -> other source of its block, as for :func:`graph_to_borrow`; its edges are used too.
        tau: Threshold; None for the convention's.
        p: Total weight of the neighbours, or task -> weight; None for the convention's.
        pairs: Pairs of tasks whose edges are used; None for all those above.
        embeddings: As for :func:`gcnlabel.embeddings.parse_embeddings`; None for no embeddings.
        missing_words: Handling of words without a vector: ``error``, ``skip``, ``random`` or ``zero``.

    Raises:
        InputError: The convention or the embeddings are unknown.

    Example:
        >>> import numpy as np
        >>> from gcnlabel.tasks import MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> annotations = Annotations(tasks, {"tags": np.array([[1, 0], [0, 1], [1, 0]])})
        >>> GraphRecipe().build(annotations).adjacency()
        tensor([[ 0.5000, -0.5000],
                [-0.5000,  0.5000]])
    """

    convention: Any = DEFAULT_CONVENTION
    statistic: Mapping[Pair, Any] | str | None = None
    borrowed: Mapping[Pair, Any] = field(default_factory=dict)
    tau: float | None = None
    p: float | Mapping[str, float] | None = None
    pairs: Sequence[Pair] | None = None
    embeddings: Any = None
    missing_words: str = "error"

    def __post_init__(self) -> None:
        """Check the names of convention and embeddings."""
        object.__setattr__(self, "convention", CONVENTIONS.checked(self.convention))
        if self.embeddings is not None:
            object.__setattr__(self, "embeddings", EMBEDDINGS.checked(self.embeddings))

    def build(self, annotations: Annotations) -> LabelGraph:
        """Return the finished graph of annotations; pass only the training split."""
        return self.finish(self.measure(annotations))

    def measure(self, annotations: Annotations | Iterable[Annotations], tasks: TaskSet | None = None) -> LabelGraph:
        """Return the raw graph of annotations, with the borrowed blocks.

        Args:
            annotations: Annotations of the training split, or chunks of them.
            tasks: Tasks whose labels become the nodes; must be given with chunks.

        Raises:
            InputError: A statistic does not suit its tasks, or there is no sample.
        """
        if isinstance(annotations, Annotations):
            tasks, annotations = tasks or annotations.tasks, [annotations]
        if tasks is None:
            raise InputError("chunks of annotations without tasks", expected="measure(chunks, tasks)")
        statistics = LabelStatistics(tasks, self.blocks(tasks))
        for part in annotations:
            statistics.update(part)
        return self.raw(statistics)

    def finish(self, raw: LabelGraph) -> LabelGraph:
        """Return the propagation graph of a raw graph, with embeddings if the recipe names some.

        Raises:
            InputError: The graph is finished already; its statistic is neither the convention's nor named by the user;
                the convention connects none of its tasks; or it has no edge.
        """
        _check_raw(raw)
        convention: Convention = CONVENTIONS.make(self.convention)
        pairs = self._edges_between(raw.tasks)
        self._check_statistic(raw, pairs, convention.statistic)
        graph: LabelGraph = convention.transform(raw.tasks, tau=self.tau, p=self.p, pairs=pairs)(raw)
        graph.history = {**graph.history, "convention": str(self.convention)}
        if self.embeddings is None:
            return graph
        source = Path(getattr(self.embeddings, "path", str(self.embeddings))).name
        graph.history["embeddings"] = {"source": source, "missing_words": self.missing_words}
        return graph.with_embeddings(EMBEDDINGS.make(self.embeddings, raw.tasks.labels, self.missing_words))

    def blocks(self, tasks: TaskSet) -> Mapping[Pair, Any]:
        """Return pair of tasks -> statistic, for the pairs to measure."""
        if isinstance(self.statistic, Mapping):
            return self.statistic
        return default_blocks(tasks, self.statistic or CONVENTIONS.make(self.convention).statistic)

    def raw(self, statistics: LabelStatistics) -> LabelGraph:
        """Return the raw graph of accumulated statistics of :meth:`blocks`, with the borrowed blocks."""
        return self.borrow(graph_of_statistics(statistics, named=self.statistic is not None))

    def borrow(self, raw: LabelGraph) -> LabelGraph:
        """Return a raw graph with its borrowed blocks replaced."""
        for pair, source in self.borrowed.items():
            raw = with_borrowed(raw, pair, graph_to_borrow(source, raw.tasks[pair[0]].labels))
        return raw

    def measured_as(self, tasks: TaskSet) -> str:
        """Return a key of the settings that the raw graph of given annotations depends on."""
        blocks = [(pair, STATISTICS.checked(part).model_dump()) for pair, part in self.blocks(tasks).items()]
        borrowed = [(pair, LENDERS.checked(part).model_dump()) for pair, part in self.borrowed.items()]
        return json.dumps([sorted(blocks, key=str), borrowed, self.statistic is not None])

    def default_pairs(self, tasks: TaskSet) -> list[Pair]:
        """Return the pairs of tasks whose edges are used if ``pairs`` is None; may be empty."""
        pairs = CONVENTIONS.make(self.convention).pairs(tasks) if self.statistic is None else list(self.blocks(tasks))
        return [*pairs, *self.borrowed]

    def usable_pairs(self, raw: LabelGraph) -> list[Pair]:
        """Return the pairs of tasks of a raw graph that have a statistic which :meth:`finish` accepts."""
        return [pair for pair in all_pairs(raw.tasks) if self._takes(raw, pair)]

    def _takes(self, raw: LabelGraph, pair: Pair) -> bool:
        if "blocks" in raw.history and frozenset(pair) not in _by_pair(raw.history["blocks"]):
            return False
        try:
            self._check_statistic(raw, [pair], CONVENTIONS.make(self.convention).statistic)
        except InputError:
            return False
        return True

    def _edges_between(self, tasks: TaskSet) -> list[Pair]:
        """Return the pairs of tasks whose edges are used."""
        if self.pairs is not None:
            return list(self.pairs)
        pairs = self.default_pairs(tasks)
        if not pairs:
            first = tasks.names[0]
            raise InputError(
                f"convention {self.convention.name!r} connects no pair of tasks of {tasks!r}",
                fix=f"name the pairs of tasks to connect: graph.statistic: {{{first}: phi}} in a config; "
                f"build-graph --statistic {first}=phi, or --pairs {first}:{first}; or choose another convention",
            )
        return pairs

    def _check_statistic(self, raw: LabelGraph, pairs: Iterable[Pair], statistic: str | None) -> None:
        if "blocks" not in raw.history or raw.history.get("named"):
            return
        measured = _by_pair(raw.history["blocks"])
        own = {frozenset(pair): name for pair, name in default_blocks(raw.tasks, statistic).items()}
        for pair in pairs:
            found = measured.get(frozenset(pair))
            wanted = own.get(frozenset(pair), found)
            if found is None or found not in (wanted, "borrowed"):
                raise InputError(
                    f"the graph holds {'no statistic' if found is None else repr(found)} of {':'.join(pair)}",
                    expected=f"{wanted or 'one'!r}, as the convention {self.convention.name!r} requires",
                    fix="measure it by the recipe that finishes it; or name the statistic there: "
                    f"GraphRecipe(statistic={found or 'spearman'!r}).measure(...)",
                )


def _by_pair(blocks: Iterable[Mapping[str, Any]]) -> dict[frozenset[str], str]:
    return {frozenset(block["tasks"]): block["statistic"] for block in blocks}


def _check_raw(raw: LabelGraph) -> None:
    if "convention" in raw.history:
        raise InputError(
            f"the graph is a propagation matrix already, by {raw.history['convention']!r}",
            expected="a raw graph",
            fix="use LabelGraph.from_dense(graph.statistic, graph.tasks), the raw graph that it was made from",
        )
