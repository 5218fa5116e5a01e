"""Emotion-GCN (Antoniadis et al., FG 2021): classes and dimensions by Spearman's correlation."""

from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import Normalize, Transpose
from gcnlabel.transforms.conventions import CONVENTIONS, Convention, all_pairs
from gcnlabel.transforms.task_pairs import Pair


@CONVENTIONS.register("emotion-gcn-paper")
def paper() -> Convention:
    """Emotion-GCN's paper, Eq. 3, 5 and 6: edges only between classes or tags and dimensions."""
    return Convention(tau=0.1, p=0.7, pairs=class_dimension_pairs)


@CONVENTIONS.register("emotion-gcn-code")
def code() -> Convention:
    """Emotion-GCN's released code: p = 0.5, also edges between dimensions, then ``D^-1/2 Aᵀ D^-1/2``."""
    then = (Normalize("sym"), Transpose())
    return Convention(tau=0.1, p=0.5, pairs=all_but_class_pairs, then=then, statistic="spearman")


def class_dimension_pairs(tasks: TaskSet) -> list[Pair]:
    """Return the pairs of a task with classes or tags and a task with dimensions (Eq. 3)."""
    return [(a.name, b.name) for a in tasks for b in tasks if a.discrete and not b.discrete]


def all_but_class_pairs(tasks: TaskSet) -> list[Pair]:
    """Return the pairs of tasks of which at least one has dimensions: the code drops only class-class edges."""
    return [(a, b) for a, b in all_pairs(tasks) if not (tasks[a].discrete and tasks[b].discrete)]
