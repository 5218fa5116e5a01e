"""Assemble the statistics of pairs of tasks into one matrix over all labels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.errors import InputError
from gcnlabel.statistics.common_samples import CommonSamples
from gcnlabel.statistics.statistic import STATISTICS, Floats, Ints, Statistic
from gcnlabel.tasks import TaskSet

Pair = tuple[str, str]


class LabelStatistics:
    """The matrix over all labels, with a statistic for each block; other blocks are 0.

    Args:
        tasks: Tasks whose labels are rows and columns.
        blocks: Pair of task names -> name of a statistic, or a mapping of its ``name`` and options. A pair of
            different tasks fills both of its blocks.

    Attributes:
        num_samples: Number of counted samples.
        rows: Report of the rows of the files from which the samples were read.

    Raises:
        InputError: A task or statistic is unknown, a statistic does not suit a task, or a pair is named twice.

    Example:
        >>> from gcnlabel.tasks import TaskSet, MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> annotations = Annotations(tasks, {"tags": np.array([[1, 1], [1, 0]])})
        >>> LabelStatistics(tasks, {("tags", "tags"): "conditional"}).update(annotations).compute().tolist()
        [[0.0, 0.5], [1.0, 0.0]]
    """

    def __init__(self, tasks: TaskSet, blocks: Mapping[Pair, Any]) -> None:
        self.tasks = tasks
        self.num_samples = 0
        self.rows = RowReport()
        parts = {pair: STATISTICS.checked(part) for pair, part in blocks.items()}
        self._parts = {pair: part.model_dump() for pair, part in parts.items()}  # plain, for other processes
        self._statistics = {
            pair: statistic_class(part.name)(tasks, *pair, **part.options) for pair, part in parts.items()
        }
        self._common = CommonSamples(tasks, self._statistics)
        for a, b in blocks:
            if a != b and (b, a) in blocks:
                raise InputError(f"the pair of tasks {a!r} and {b!r} is named twice", expected="each pair once")

    def update(self, annotations: Annotations) -> Self:
        """Add samples."""
        self.num_samples += len(annotations)
        self._common.add(annotations)
        for statistic in self._statistics.values():
            statistic.update(annotations)
        return self

    def merge(self, other: LabelStatistics) -> Self:
        """Add the samples of another accumulator of the same blocks.

        Raises:
            InputError: It has other tasks or blocks.
        """
        if other.tasks != self.tasks or other._parts != self._parts:
            raise InputError("cannot merge statistics of other tasks or blocks", expected=str(self._parts))
        self.num_samples += other.num_samples
        self.rows += other.rows
        self._common.merge(other._common)
        for pair, statistic in self._statistics.items():
            statistic.merge(other._statistics[pair])
        return self

    def compute(self) -> Floats:
        """Return the matrix [L, L]."""
        matrix = np.zeros((self.tasks.num_labels, self.tasks.num_labels))
        for (a, b), statistic in self._statistics.items():
            rows, columns = self.tasks.slice_of(a), self.tasks.slice_of(b)
            matrix[rows, columns] = block = statistic.compute()
            if a != b:
                matrix[columns, rows] = statistic.reverse(block)
        return matrix

    def entries(self) -> tuple[Ints, Ints, Floats]:
        """Return row, column and value [K] of the entries of the matrix that may differ from 0, without a dense matrix.

        For conditional probabilities and counts of tags these are the pairs that occur together.
        """
        found = []
        for (a, b), statistic in self._statistics.items():
            first, second = self.tasks.slice_of(a).start, self.tasks.slice_of(b).start
            block = statistic.compute_sparse()
            found.append((block.row + first, block.col + second, block.data))
            if a != b:
                reverse = statistic.reverse_sparse(block)
                found.append((reverse.row + second, reverse.col + first, reverse.data))
        rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return rows, columns, values

    def counts(self) -> dict[str, float]:
        """Return label -> number of samples with it, for tasks whose own block is of conditional probabilities.

        Tasks are left out where, due to missing annotations, the number differs between pairs.
        """
        found: dict[str, float] = {}
        for (a, b), statistic in self._statistics.items():
            each = statistic.label_counts() if a == b else None
            found |= {} if each is None else dict(zip(self.tasks[a].labels, each.tolist(), strict=True))
        return found

    def few_samples(self) -> list[tuple[str, str, int]]:
        """Return (label, label, number of samples) of each pair that is annotated together on very few samples."""
        return sorted(self._common.few(self.num_samples), key=lambda pair: pair[2])

    def describe(self) -> list[dict[str, Any]]:
        """Return how each block is computed, as plain values."""
        return [
            {"tasks": list(pair), "statistic": part["name"], **{key: part[key] for key in part if key != "name"}}
            for pair, part in self._parts.items()
        ]


def default_blocks(tasks: TaskSet, statistic: str | None = None) -> dict[Pair, str]:
    """Return the statistic of each pair of tasks.

    Args:
        tasks: The tasks.
        statistic: One statistic for every pair that it suits; None for Spearman between classes or tags and
            dimensions (Emotion-GCN, Eq. 3 and 4) and conditional probability among tags (ML-GCN).

    Raises:
        InputError: The statistic is unknown, or suits no pair.

    Example:
        >>> from gcnlabel.tasks import Categorical, Dimensional, TaskSet
        >>> default_blocks(TaskSet([Categorical("expression", ["sad", "happy"]), Dimensional("affect", ["valence"])]))
        {('expression', 'affect'): 'spearman'}
    """
    pairs = list(combinations_with_replacement(tasks, 2))
    if statistic is not None:
        suits = statistic_class(statistic).suits
        blocks = {(a.name, b.name): statistic for a, b in pairs if suits(a) and suits(b)}
    else:
        kinds = [(name, statistic_class(name)) for name in STATISTICS.names()]
        blocks = {(a.name, b.name): name for a, b in pairs for name, kind in kinds if kind.published_for(a, b)}
    if not blocks:
        raise InputError(
            f"no pair of tasks to measure in {tasks!r}",
            fix=f"name the statistic of a pair of tasks: graph.statistic: {{{tasks.names[0]}: phi}} in a config, "
            f"build-graph --statistic {tasks.names[0]}=phi",
        )
    return blocks


def statistic_class(name: str) -> type[Statistic]:
    """Return a statistic by its name, or by ``package.module:Attribute``.

    Raises:
        InputError: There is none, or it is no statistic.
    """
    found = STATISTICS.resolve(name)
    if not (isinstance(found, type) and issubclass(found, Statistic)):
        raise InputError(f"{name!r} is no statistic", expected="a subclass of gcnlabel.statistics.Statistic")
    return found
