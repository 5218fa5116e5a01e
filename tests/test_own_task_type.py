"""What a fourth type of task has to answer: what differs from values that scores predict as they are."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl
import pytest
import torch

from gcnlabel.annotations import Annotations, from_frame, stratified_split, unseen_labels
from gcnlabel.errors import InputError
from gcnlabel.export.description import describe_model
from gcnlabel.losses import make_loss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.metrics.main_metrics import main_metric
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.statistics import LabelStatistics, default_blocks
from gcnlabel.tasks import TASK_TYPES, MultiLabel, Task, TaskSet
from gcnlabel.units import Units


def counting_errors(task, scores, targets, thresholds):
    """Metrics of counted labels: the mean absolute error of the counts that are annotated."""
    return {"mae": float((scores - targets).abs().nanmean())}


@dataclass(frozen=True)
class Counted(Task):
    """How many of each label there are, e.g. cars and bicycles of a picture."""

    type: ClassVar[str] = "counted"
    noun: ClassVar[str] = "count"
    metrics: ClassVar[str] = f"{__name__}:counting_errors"
    main_metric: ClassVar[str] = "mae"

    @property
    def bounds(self):
        return 0.0, np.inf

    def checked(self, target):
        values = super().checked(target)
        if (values < 0).any():
            raise InputError(f"task {self.name!r}: less than none", expected="counts")
        return values

    def predicted(self, values, thresholds=0.5):
        return np.rint(values)

    def named(self, predicted):
        return {
            "count": [
                " and ".join(f"{n:g} {label}" for n, label in zip(row, self.labels, strict=True)) for row in predicted
            ]
        }


TASKS = TaskSet([MultiLabel("light", ["day", "night"]), Counted("traffic", ["cars", "bicycles"])])
DAY = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0]], dtype=np.float32)
COUNTS = np.array([[3, 0], [5, 1], [0, 0], [1, np.nan], [4, 2]])


@pytest.fixture
def annotations():
    return Annotations(TASKS, {"light": DAY, "traffic": COUNTS})


def test_it_is_declared_read_and_checked(monkeypatch):
    monkeypatch.setitem(TASK_TYPES, "counted", Counted)
    tasks = TaskSet.from_dict({"traffic": {"type": "counted", "labels": ["cars", "bicycles"]}})
    assert tasks["traffic"] == TASKS["traffic"]
    frame = pl.DataFrame({"cars": [3, None], "bicycles": ["0", "2"]})
    np.testing.assert_array_equal(from_frame(frame, tasks).targets["traffic"], [[3, 0], [np.nan, 2]])
    with pytest.raises(InputError, match="less than none"):
        Annotations(tasks, {"traffic": [[-1, 0]]})


def test_statistics_splits_and_units_take_it(annotations):
    assert default_blocks(TASKS) == {("light", "traffic"): "spearman", ("light", "light"): "conditional"}
    matrix = LabelStatistics(TASKS, default_blocks(TASKS)).update(annotations).compute()
    assert matrix[0, 2] == pytest.approx(np.sqrt(3) / 2)  # the days have the three highest of five different counts
    assert unseen_labels(annotations) == []
    assert unseen_labels(annotations.select([3])) == ["day", "bicycles"]
    assert sorted(map(len, stratified_split(annotations, {"train": 0.6, "val": 0.4}, 0).values())) == [2, 3]
    mean, _ = Units.fit(annotations).of_labels()
    assert mean.tolist() == pytest.approx([0, 0, 2.6, 0.75])


def test_losses_and_metrics_are_named_by_it():
    task, targets = TASKS["traffic"], torch.tensor(COUNTS)
    scores = targets.nan_to_num(7) + 0.5
    assert float(make_loss(task)(scores, targets)) == pytest.approx(0.25)
    metric = TaskMetrics(task, sync_on_compute=False)
    metric.update(scores, targets)
    assert metric.compute() == {"mae": 0.5}
    assert main_metric(task, scores, targets) == 0.5
    with pytest.raises(InputError, match="does not suit the counted task"):
        make_loss(task, "bce")


def test_predictions_and_exports_show_it():
    values = {"light": np.array([[0.9, 0.2]]), "traffic": np.array([[2.6, 0.2]])}
    found = Predictions(TASKS, ["a.png"], values)
    assert found.table()["traffic"].to_list() == ["3 cars and 0 bicycles"]
    (record,) = found.records()
    assert record["light"]["tags"] == ["day"]
    assert record["traffic"]["count"] == "3 cars and 0 bicycles"
    assert describe_model(TASKS, (4,))["outputs"]["traffic"]["activation"] == "identity"
