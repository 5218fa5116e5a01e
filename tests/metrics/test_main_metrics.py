import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score, label_ranking_average_precision_score
from torchmetrics.functional import concordance_corrcoef

from gcnlabel.metrics import TaskMetrics
from gcnlabel.metrics.main_metrics import main_metric, mean_main_metric
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

MOOD = Categorical("mood", ["x", "y", "z"])
TAGS = MultiLabel("tags", ["a", "b", "c", "d"])
AFFECT = Dimensional("affect", ["valence", "arousal"])


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_classes(rng):
    scores, codes = torch.tensor(rng.normal(size=(40, 3))), torch.tensor(rng.integers(-1, 2, 40))
    seen = codes >= 0
    expected = f1_score(codes[seen], scores[seen].argmax(1), average="macro", labels=[0, 1])  # z never occurs
    assert main_metric(MOOD, scores, codes) == pytest.approx(expected)


def test_tags(rng):
    scores, tags = torch.tensor(rng.normal(size=(40, 4))).float(), torch.tensor(rng.integers(0, 2, (40, 4))).float()
    assert main_metric(TAGS, scores, tags) == pytest.approx(label_ranking_average_precision_score(tags, scores))
    missing = torch.tensor(rng.random((40, 4)) < 0.3)
    each = [
        label_ranking_average_precision_score(t[~m][None], s[~m][None]) if len(set(t[~m].tolist())) == 2 else 1.0
        for s, t, m in zip(scores, tags, missing, strict=True)
    ]
    assert main_metric(TAGS, scores, tags.masked_fill(missing, torch.nan)) == pytest.approx(np.mean(each))


def test_dimensions(rng):
    scores, affect = torch.tensor(rng.normal(size=(40, 2))), torch.tensor(rng.normal(size=(40, 2)))
    affect[::3, 0] = torch.nan
    seen = ~torch.isnan(affect[:, 0])
    both = [
        concordance_corrcoef(scores[seen, 0], affect[seen, 0]),
        concordance_corrcoef(scores[:, 1], affect[:, 1]),
    ]  # with moments of n - 1: the means weigh a little less than with n
    n = [int(seen.sum()), 40]
    assert main_metric(AFFECT, scores, affect) == pytest.approx(float(np.mean(both)), abs=1 / min(n))
    x, y = scores.numpy(), affect.numpy()
    expected = []
    for d in range(2):
        a, b = x[~np.isnan(y[:, d]), d], y[~np.isnan(y[:, d]), d]
        expected.append(2 * np.cov(a, b, ddof=0)[0, 1] / (a.var() + b.var() + (a.mean() - b.mean()) ** 2))
    assert main_metric(AFFECT, scores, affect) == pytest.approx(np.mean(expected))


def test_a_dimension_that_is_observed_once_does_not_count(rng):
    scores, affect = torch.tensor(rng.normal(size=(9, 2))), torch.tensor(rng.normal(size=(9, 2)))
    affect[1:, 0] = torch.nan
    alone = main_metric(Dimensional("arousal", ["arousal"]), scores[:, 1:], affect[:, 1:])
    assert main_metric(AFFECT, scores, affect) == pytest.approx(alone)


@pytest.mark.parametrize("task", [MOOD, TAGS, AFFECT], ids=lambda task: task.name)
def test_it_is_what_evaluations_report(task, rng):
    scores = torch.tensor(rng.normal(size=(50, len(task)))).float()
    if task is MOOD:
        targets = torch.tensor(rng.integers(-1, 3, 50))
    else:
        targets = torch.tensor(rng.integers(0, 2, (50, len(task)))).float()
        targets[torch.tensor(rng.random(targets.shape) < 0.2)] = torch.nan
    metric = TaskMetrics(task, sync_on_compute=False)
    metric.update(scores, targets)
    assert main_metric(task, scores, targets) == pytest.approx(metric.compute()[task.main_metric])


def test_a_task_that_nobody_annotated_does_not_count(rng):
    """It cannot tell models apart; the others still can."""
    tasks = TaskSet([MOOD, TAGS, AFFECT])
    scores = {task.name: torch.tensor(rng.normal(size=(6, len(task)))) for task in tasks}
    tags = torch.tensor(rng.integers(0, 2, (6, 4))).float()
    nothing = {"mood": torch.full((6,), -1), "affect": torch.full((6, 2), torch.nan)}
    found = mean_main_metric(tasks, scores, {**nothing, "tags": tags})
    assert found == pytest.approx(main_metric(TAGS, scores["tags"], tags))
    assert mean_main_metric(tasks, scores, {**nothing, "tags": torch.full((6, 4), torch.nan)}) == 0
