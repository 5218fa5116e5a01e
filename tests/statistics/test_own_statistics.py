"""A statistic of one's own, with an option, named by where it lies."""

import numpy as np
import pytest

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.statistics import LabelStatistics, default_blocks
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ["cat", "dog"]), Categorical("mood", ["sad", "happy"])])
SOURCE = """
from gcnlabel.statistics import CoOccurrence
from gcnlabel.tasks import MultiLabel


class Scaled(CoOccurrence):
    @classmethod
    def suits(cls, task):
        return isinstance(task, MultiLabel)

    def __init__(self, tasks, a, b, *, factor: float = 2.0):
        super().__init__(tasks, a, b)
        self.factor = factor

    def compute(self):
        return self.factor * super().compute()


def none(tasks, a, b):
    return None
"""


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    (tmp_path / "own_statistics.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)


def measured(part):
    tags = Annotations(TASKS, {"tags": np.array([[1, 1], [1, 0]]), "mood": np.array([0, 1])})
    return LabelStatistics(TASKS, {("tags", "tags"): part}).update(tags)


def test_its_option_counts_and_is_described():
    assert measured("own_statistics:Scaled").compute()[0, 1] == 2
    found = measured({"name": "own_statistics:Scaled", "factor": 5})
    assert found.compute()[0, 1] == 5
    assert found.describe() == [{"tasks": ["tags", "tags"], "statistic": "own_statistics:Scaled", "factor": 5.0}]
    assert found.merge(measured({"name": "own_statistics:Scaled", "factor": 5})).compute()[0, 1] == 10
    with pytest.raises(InputError, match="cannot merge"):
        found.merge(measured("own_statistics:Scaled"))


def test_it_says_itself_which_tasks_it_takes():
    assert default_blocks(TASKS, "own_statistics:Scaled") == {("tags", "tags"): "own_statistics:Scaled"}


@pytest.mark.parametrize(
    ("part", "error", "message"),
    [
        ("own_statistics:none", InputError, "is no statistic"),
        ({"name": "own_statistics:Scaled", "facter": 5}, InputError, "facter"),
        ({"name": "spearman", "factor": 5}, InputError, "factor"),
        ("spaerman", InputError, "did you mean 'spearman'"),
    ],
)
def test_what_is_wrong_is_said(part, error, message):
    with pytest.raises(error, match=message):
        measured(part)
