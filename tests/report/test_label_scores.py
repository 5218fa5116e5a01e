"""Numbers of labels against scikit-learn."""

import numpy as np
import pytest
import torch

from gcnlabel.report.label_scores import label_rows, precision_recall
from gcnlabel.tasks import Categorical, MultiLabel

metrics = pytest.importorskip("sklearn.metrics")


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_tags_are_decided_by_their_thresholds_and_missing_ones_left_out(rng):
    scores, targets = rng.normal(size=(80, 3)).round(1), (rng.random((80, 3)) > 0.6).astype(float)
    targets[::7, 1] = np.nan
    limits = np.array([0.3, -0.2, scores[4, 2]])
    rows = label_rows(MultiLabel("t", ["a", "b", "c"]), *map(torch.tensor, (scores, targets, limits)), {})
    for i, row in enumerate(rows):
        seen = ~np.isnan(targets[:, i])
        true, said = targets[seen, i], scores[seen, i] >= limits[i]
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(true, said, average="binary")
        assert [row["precision"], row["recall"], row["F1"]] == pytest.approx([precision, recall, f1])
        assert row["AP"] == pytest.approx(metrics.average_precision_score(true, scores[seen, i]))
        counts = metrics.confusion_matrix(true, said)
        assert (row["missed"], row["false alarms"]) == (counts[1, 0], counts[0, 1])
        assert row["threshold"] == pytest.approx(1 / (1 + np.exp(-limits[i])))


def test_classes_are_measured_one_against_the_rest(rng):
    scores, targets = rng.normal(size=(60, 3)), rng.integers(-1, 3, 60)
    rows = label_rows(Categorical("t", ["a", "b", "c"]), torch.tensor(scores), torch.tensor(targets), None, {})
    seen = targets >= 0
    chances = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(targets[seen], scores[seen].argmax(1))
    for i, row in enumerate(rows):
        assert row["samples"] == support[i]
        assert [row["precision"], row["recall"], row["F1"]] == pytest.approx([precision[i], recall[i], f1[i]])
        assert row["AP"] == pytest.approx(metrics.average_precision_score(targets[seen] == i, chances[seen, i]))
        assert "threshold" not in row


def test_a_label_without_a_sample_has_no_average_precision():
    (row,) = label_rows(MultiLabel("t", ["a"]), torch.ones(4, 1), torch.zeros(4, 1), None, {})
    assert row["AP"] is None
    assert row["F1"] is None
    assert row["false alarms"] == 4


def test_precision_at_a_recall_is_the_highest_from_there_on(rng):
    scores, has = rng.normal(size=50).round(1), rng.random(50) > 0.5
    precision, recall, _ = metrics.precision_recall_curve(has, scores)
    asked = np.linspace(0.05, 1, 20)
    expected = [precision[recall >= r - 1e-12].max(initial=0, where=recall[recall >= r - 1e-12] > 0) for r in asked]
    assert precision_recall(torch.tensor(scores), torch.tensor(has), asked) == pytest.approx(expected)
