"""Annotations are checked where they are made; what is made of them is not looked through again."""

import numpy as np
import pytest

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ["cat", "dog"]), Dimensional("age", ["years"], range=(0, 9))])


@pytest.fixture
def annotations():
    targets = {"tags": np.array([[0, 1], [1, 0], [1, 1]]), "age": np.array([[1.0], [2], [3]])}
    return Annotations(TASKS, targets, split=["a", "b", "b"], ids=["x", "y", "z"])


def test_what_cannot_be_is_refused_where_it_is_made():
    with pytest.raises(InputError, match="tags other than 0 and 1"):
        Annotations(TASKS, {"tags": np.full((1, 2), 5), "age": np.zeros((1, 1))})


def test_rows_tasks_and_stacks_are_not_checked_again(annotations):
    annotations.targets["tags"][0, 0] = 5  # no check would let this pass
    chosen = annotations.select([0, 2])
    assert (chosen.ids.tolist(), chosen.split.tolist(), len(chosen)) == (["x", "z"], ["a", "b"], 2)
    assert annotations.of_split("a").targets["tags"].tolist() == [[5, 1]]
    assert annotations.of_tasks(TaskSet([TASKS["tags"]])).targets.keys() == {"tags"}
    both = Annotations.concatenate([annotations, chosen])
    assert both.targets["tags"][:, 0].tolist() == [5, 1, 1, 5, 1]
    assert both.ids.tolist() == ["x", "y", "z", "x", "z"]
    assert len(annotations) == 3  # unchanged
    assert annotations.targets.keys() == {"tags", "age"}


def test_other_labels_are_checked(annotations):
    with pytest.raises(InputError, match="targets of shape"):
        annotations.of_tasks(TaskSet([MultiLabel("tags", ["cat", "dog", "cow"])]))
