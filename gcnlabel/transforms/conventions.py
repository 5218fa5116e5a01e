"""The propagation matrices of the two papers, of their released codes, and two that keep signs, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from torch_geometric.transforms import Compose

from gcnlabel.errors import InputError, closest
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms.absolute import Absolute
from gcnlabel.transforms.binarize import Binarize
from gcnlabel.transforms.label_transform import LabelTransform
from gcnlabel.transforms.normalize import Normalize
from gcnlabel.transforms.reweight import ColumnReweight, Reweight
from gcnlabel.transforms.sign import Sign
from gcnlabel.transforms.task_pairs import Pair, TaskPairs
from gcnlabel.transforms.threshold import AbsoluteThreshold, Threshold
from gcnlabel.transforms.transpose import Transpose


def class_dimension_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every pair of a task with classes or tags and a task with dimensions (Emotion-GCN, Eq. 3)."""
    return [(a.name, b.name) for a in tasks for b in tasks if a.discrete and not b.discrete]


def all_but_class_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every pair of tasks one of which has dimensions: the released code drops class-class edges alone."""
    return [(a, b) for a, b in all_pairs(tasks) if not (tasks[a].discrete and tasks[b].discrete)]


def tag_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every multi-label task paired with itself (ML-GCN)."""
    return [(task.name, task.name) for task in tasks if task.binary]


def all_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every pair of tasks, each with itself too."""
    return [(a.name, b.name) for a, b in combinations_with_replacement(tasks, 2)]


def unsigned_neighbours(tau: float) -> list[LabelTransform]:
    """Return the steps of both papers: neighbours are pairs with ``|w| >= tau``, all of weight 1."""
    return [Absolute(), Threshold(tau), Binarize()]


def signed_neighbours(tau: float) -> list[LabelTransform]:
    """Return the steps that keep signs: neighbours are pairs with ``|w| >= tau``, of weight 1 or -1."""
    return [AbsoluteThreshold(tau), Sign()]


def weighted_neighbours(tau: float) -> list[LabelTransform]:
    """Return the steps that keep signs and sizes: neighbours are pairs with ``|w| >= tau``, the stronger ones more."""
    return [AbsoluteThreshold(tau)]


@dataclass(frozen=True)
class Convention:
    """One way from a raw statistic to a propagation matrix.

    Attributes:
        name: What users call it.
        tau: Threshold unless another is given.
        p: Weight of the neighbours unless another is given.
        pairs: The blocks that it was published for.
        reweight: The re-weighting, made from p.
        then: What follows the re-weighting.
        source: Where the numbers stand.
        neighbours: Who is a neighbour, made from tau.
        statistic: Statistic that the raw graph is measured with unless another is given; None for that of each pair.
    """

    name: str
    tau: float
    p: float
    pairs: Callable[[TaskSet], list[Pair]]
    reweight: Callable[[Any], LabelTransform]
    then: tuple[LabelTransform, ...]
    source: str
    neighbours: Callable[[float], list[LabelTransform]] = unsigned_neighbours
    statistic: str | None = None

    def transform(
        self,
        tasks: TaskSet,
        *,
        tau: float | None = None,
        p: float | Mapping[str, float] | None = None,
        pairs: list[Pair] | None = None,
    ) -> Compose:
        """Return the transforms from the raw graph of ``tasks`` to its propagation matrix.

        Args:
            tasks: Tasks of the graph.
            tau: Threshold instead of the published one.
            p: Weight of the neighbours instead of the published one; task -> weight where the convention's
                re-weighting takes that (:class:`Reweight`).
            pairs: Pairs of tasks whose edges count, instead of those of the paper.

        Raises:
            InputError: The tasks have no pair that this convention connects, or tau or p lies outside [0, 1].
        """
        pairs = self.pairs(tasks) if pairs is None else pairs
        if not pairs:
            raise InputError(
                f"convention {self.name!r} connects no pair of tasks of {tasks!r}",
                fix=f"name the pairs of tasks to connect: graph.statistic: {{{tasks.names[0]}: phi}} in a config; "
                f"build-graph --statistic {tasks.names[0]}=phi, or --pairs {tasks.names[0]}:{tasks.names[0]}; "
                "or choose another convention",
            )
        return Compose(
            [
                TaskPairs(keep=pairs),
                *self.neighbours(self.tau if tau is None else tau),
                self.reweight(self.p if p is None else p),
                *self.then,
            ]
        )


CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention("emotion-gcn-paper", 0.1, 0.7, class_dimension_pairs, Reweight, (), "FG 2021, Eq. 3, 5, 6"),
        Convention(
            "emotion-gcn-code",
            *(0.1, 0.5, all_but_class_pairs, Reweight, (Normalize("sym"), Transpose())),
            source="released code: p = 0.5, edges among dimensions too, then D^-1/2 Aᵀ D^-1/2",
            statistic="spearman",
        ),
        Convention("ml-gcn-paper", 0.4, 0.2, tag_pairs, Reweight, (), "CVPR 2019, Eq. 7, 8"),
        Convention(
            "ml-gcn-code",
            *(0.4, 0.25, tag_pairs, ColumnReweight, (Normalize("sym"), Transpose())),
            source="released code: column counts, self-loop 1, then D^-1/2 Aᵀ D^-1/2",
        ),
        Convention(
            "signed",
            *(0.1, 0.5, all_pairs, Reweight, ()),
            source="this package: all pairs by Spearman's correlation (phi among classes and tags), signs kept",
            neighbours=signed_neighbours,
            statistic="spearman",
        ),
        Convention(
            "signed-weighted",
            *(0.1, 0.5, all_pairs, Reweight, ()),
            source="this package: as signed, each neighbour by the size of its correlation",
            neighbours=weighted_neighbours,
            statistic="spearman",
        ),
    )
}


def convention(name: str) -> Convention:
    """Return a named convention.

    Raises:
        InputError: There is none of that name.

    Example:
        >>> convention("emotion-gcn-paper").p
        0.7
    """
    if name not in CONVENTIONS:
        raise InputError(
            f"unknown convention {name!r}", expected=" | ".join(CONVENTIONS), fix=closest(name, CONVENTIONS)
        )
    return CONVENTIONS[name]
