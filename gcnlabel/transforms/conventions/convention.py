"""A convention: transforms from a raw statistic to a propagation matrix, with their defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

from torch_geometric.transforms import Compose

from gcnlabel.registry import Registry
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms.absolute import Absolute
from gcnlabel.transforms.binarize import Binarize
from gcnlabel.transforms.label_transform import LabelTransform
from gcnlabel.transforms.reweight import Reweight
from gcnlabel.transforms.sign import Sign
from gcnlabel.transforms.task_pairs import Pair, TaskPairs
from gcnlabel.transforms.threshold import AbsoluteThreshold, Threshold


def all_pairs(tasks: TaskSet) -> list[Pair]:
    """Return every pair of tasks, including each task with itself."""
    return [(a.name, b.name) for a, b in combinations_with_replacement(tasks, 2)]


def unsigned_neighbours(tau: float) -> list[LabelTransform]:
    """Return the transforms of both papers: neighbours are pairs with ``|w| >= tau``, with weight 1."""
    return [Absolute(), Threshold(tau), Binarize()]


def signed_neighbours(tau: float) -> list[LabelTransform]:
    """Return the transforms that keep signs: neighbours are pairs with ``|w| >= tau``, with weight 1 or -1."""
    return [AbsoluteThreshold(tau), Sign()]


def weighted_neighbours(tau: float) -> list[LabelTransform]:
    """Return the transforms that keep weights: neighbours are pairs with ``|w| >= tau``, with weight w."""
    return [AbsoluteThreshold(tau)]


@dataclass(frozen=True, kw_only=True)
class Convention:
    """Transforms from a raw statistic to a propagation matrix, with their defaults.

    Attributes:
        tau: Default threshold.
        p: Default total weight of the neighbours.
        pairs: Function from tasks to the pairs of tasks whose edges are used by default.
        neighbours: Function from tau to the transforms that select neighbours.
        reweight: Function from p to the transform that re-weights.
        then: Transforms after the re-weighting.
        statistic: Default statistic of the raw graph; None for the one that the papers use for each pair of tasks.

    Example:
        >>> CONVENTIONS.make("signed").p
        0.5
    """

    tau: float
    p: float
    pairs: Callable[[TaskSet], list[Pair]] = all_pairs
    neighbours: Callable[[float], list[LabelTransform]] = unsigned_neighbours
    reweight: Callable[[Any], LabelTransform] = Reweight
    then: tuple[LabelTransform, ...] = ()
    statistic: str | None = None

    def transform(
        self,
        tasks: TaskSet,
        *,
        tau: float | None = None,
        p: float | Mapping[str, float] | None = None,
        pairs: Sequence[Pair] | None = None,
    ) -> Compose:
        """Return the transforms from the raw graph of ``tasks`` to its propagation matrix.

        Args:
            tasks: Tasks of the graph.
            tau: Threshold instead of the convention's.
            p: Weight of the neighbours instead of the convention's; task -> weight where the re-weighting takes that
                (:class:`Reweight`).
            pairs: Pairs of tasks whose edges are used, instead of the convention's.

        Raises:
            InputError: tau or p lies outside [0, 1].
        """
        return Compose(
            [
                TaskPairs(keep=self.pairs(tasks) if pairs is None else pairs),
                *self.neighbours(self.tau if tau is None else tau),
                self.reweight(self.p if p is None else p),
                *self.then,
            ]
        )


CONVENTIONS = Registry("convention", "gcnlabel.transforms.conventions", makes=Convention)
"""Conventions by name: functions that return a :class:`Convention`; their keyword-only arguments are their options."""

DEFAULT_CONVENTION = "signed-weighted"
"""The default: every pair of tasks by a statistic that suits it, with its sign and size."""
