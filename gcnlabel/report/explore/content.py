"""Data of the page of a label graph: its labels, raw statistics and choices."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from scipy.cluster.hierarchy import leaves_list, linkage

from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.report.explore.choices import choice_of
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import CONVENTIONS

MAX_LABELS = 1000
"""Largest number of labels of a page; a raw statistic then takes 5 MB."""
MAX_OPTIMAL = 200
"""Largest number of labels of a task with optimal leaf ordering, which takes cubic time."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Made:
    """How to build the graph of the page with the command or a config.

    Attributes:
        command: Arguments of ``gcnlabel build-graph`` for the same raw graph, quoted for the shell.
        tasks: File of the tasks, quoted for the shell, or None.
        config: Section ``graph`` of a config for the same raw graph; None if there is none.
    """

    command: str
    tasks: str | None = None
    config: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """Content of a page.

    Attributes:
        title: Its title.
        raw: Returns the raw graph of a recipe; the same object for equal :meth:`GraphRecipe.measured_as`.
        recipe: The initial recipe.
        shown: Initial ``convention``, ``tau``, ``p`` and ``pairs`` (pairs of task indices).
        made: How to build the graph without the page.
        counted: Graph of conditional probabilities, with the number of samples of each label in its history; or None.
    """

    title: str
    raw: Callable[[GraphRecipe], LabelGraph]
    recipe: GraphRecipe
    shown: Mapping[str, Any] = field(default_factory=dict)
    made: Made
    counted: LabelGraph | None = None

    def plain(self) -> dict[str, Any]:
        """Return the content as a dict for JSON.

        Raises:
            InputError: There are too many labels, or no convention can be used.
        """
        first = self.raw(self.recipe)
        tasks = first.tasks
        if tasks.num_labels > MAX_LABELS:
            raise InputError(
                f"{tasks.num_labels} labels", expected=f"at most {MAX_LABELS} on a page", fix="select fewer labels"
            )
        raws, choices = self._choices(tasks)
        if all(choice["refused"] for choice in choices):
            raise InputError(f"no convention can be used: {choices[0]['refused']}", fix="build the graph again")
        return {
            "title": self.title,
            "labels": list(tasks.labels),
            "task": tasks.task_indices(),
            "tasks": [{"name": task.name, "type": task.type} for task in tasks],
            "declared": yaml.safe_dump({"tasks": tasks.to_declarations()}, sort_keys=False),
            "statistics": [_packed(as_dense(raw.statistic).numpy()) for raw in raws],
            "conventions": choices,
            "order": similar_order(np.abs(as_dense(first.statistic).numpy()), tasks),
            "shown": dict(self.shown),
            "made": {"command": self.made.command, "tasks": self.made.tasks, "config": self.made.config},
            "samples": first.history.get("num_samples"),
            "counts": _counts(self.counted or first),
            "given": None if self.counted is None else _packed(_conditional(self.counted)),
        }

    def _choices(self, tasks: TaskSet) -> tuple[list[LabelGraph], list[dict[str, Any]]]:
        """Return the distinct raw graphs, and the conventions as :func:`choice_of` returns them."""
        own = str(self.recipe.convention)
        names = [*CONVENTIONS.names(), *([] if own in CONVENTIONS.names() else [self.recipe.convention])]
        raws: list[LabelGraph] = []
        choices = []
        for name in names:
            recipe = GraphRecipe(convention=name, statistic=self.recipe.statistic, borrowed=self.recipe.borrowed)
            try:
                raw = self.raw(recipe)
            except InputError:  # no pair of these tasks has the statistic that this convention needs
                continue
            if not any(raw is known for known in raws):
                raws.append(raw)
            choices.append(choice_of(recipe, raw, next(k for k, known in enumerate(raws) if raw is known)))
        return raws, choices


def similar_order(size: Floats, tasks: TaskSet) -> list[int]:
    """Return the label indices [L] by task, with similar rows of ``size`` [L, L] adjacent.

    The order within a task is that of average linkage with cosine distances; rows of zeros come last.
    """
    found: list[int] = []
    for task in tasks:
        own = np.arange(tasks.num_labels)[tasks.slice_of(task)]
        some = own[size[own].any(1)]
        if len(some) > 2:
            some = some[
                leaves_list(linkage(size[some], "average", "cosine", optimal_ordering=len(some) <= MAX_OPTIMAL))
            ]
        found += [*some.tolist(), *own[~size[own].any(1)].tolist()]
    return found


def _packed(matrix: Floats) -> dict[str, Any]:
    """Return a matrix [L, L] as base64 of little-endian float32; only the upper triangle if it is symmetric."""
    values = matrix.astype("<f4")
    symmetric = bool((values == values.T).all())
    kept = values[np.triu_indices(len(values))] if symmetric else values
    return {"symmetric": symmetric, "values": base64.b64encode(kept.tobytes()).decode("ascii")}


def _conditional(graph: LabelGraph) -> Floats:
    """Return the conditional probabilities [L, L] of a raw graph, NaN for pairs of tasks with another statistic."""
    matrix: Floats = as_dense(graph.statistic).numpy().copy()
    if "blocks" not in graph.history:
        return matrix
    other = np.ones_like(matrix, dtype=bool)
    for block in graph.history["blocks"]:
        a, b = (graph.tasks.slice_of(name) for name in block["tasks"])
        other[a, b] = other[b, a] = block["statistic"] != "conditional"
    matrix[other] = np.nan
    return matrix


def _counts(graph: LabelGraph) -> list[float | None]:
    counts = graph.history.get("counts", {})
    return [counts.get(label) for label in graph.labels]
