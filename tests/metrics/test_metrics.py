import math

import numpy as np
import pytest
import sklearn.metrics as sk
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from torchmetrics.regression import ConcordanceCorrCoef

from gcnlabel.errors import InputError
from gcnlabel.metrics import TaskMetrics, average_precision, multilabel_metrics, tune_thresholds
from gcnlabel.metrics.categorical import confusion_matrix
from gcnlabel.metrics.ranking import ranking_metrics
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel

EXPRESSION = Categorical("expression", ("a", "b", "c", "d"))
NAN = math.nan


def draw(n=200, labels=5, seed=0, grid=None):
    generator = torch.Generator().manual_seed(seed)
    targets = (torch.rand(n, labels, generator=generator) < 0.4).float()
    scores = torch.randn(n, labels, generator=generator) + targets
    return (scores if grid is None else (scores * grid).round() / grid), targets


def test_categorical_against_sklearn():
    scores, targets = torch.randn(300, 4), torch.randint(0, 4, (300,))
    metric = TaskMetrics(EXPRESSION)
    for rows in (slice(0, 7), slice(7, 200), slice(200, 300)):
        metric.update(scores[rows], targets[rows])
    result, guess = metric.compute(), scores.argmax(1)
    assert result["accuracy"] == pytest.approx(sk.accuracy_score(targets, guess))
    assert result["mean_class_accuracy"] == pytest.approx(sk.balanced_accuracy_score(targets, guess))
    assert result["macro_f1"] == pytest.approx(sk.f1_score(targets, guess, average="macro"))
    assert result["abaw_score"] == pytest.approx(0.67 * result["macro_f1"] + 0.33 * result["accuracy"])
    np.testing.assert_array_equal(result["confusion"], sk.confusion_matrix(targets, guess))


def test_absent_classes_and_missing_targets():
    metric = TaskMetrics(EXPRESSION)
    metric.update(torch.eye(4), torch.tensor([0, 1, -1, 1]))
    result = metric.compute()
    assert result["absent"] == ["c", "d"]
    assert result["accuracy"] == pytest.approx(2 / 3)
    assert result["mean_class_accuracy"] == pytest.approx((1 + 0.5) / 2)
    metric = TaskMetrics(EXPRESSION)
    metric.update(torch.eye(4), torch.full((4,), -1))
    assert metric.compute() == {"absent": list("abcd")}


def test_dimensional_against_others():
    x, y = torch.randn(100, 2).double(), torch.randn(100, 2).double()
    y = y + x
    y[:20, 1] = NAN
    metric = TaskMetrics(Dimensional("affect", ("valence", "arousal")))
    metric.update(x[:50], y[:50])
    metric.update(x[50:], y[50:])
    result = metric.compute()
    for i, (name, start) in enumerate((("valence", 0), ("arousal", 20))):
        a, b = x[start:, i], y[start:, i]
        assert result[f"{name}/pearson"] == pytest.approx(pearsonr(a, b)[0], abs=1e-9)
        assert result[f"{name}/rmse"] == pytest.approx(float(((a - b) ** 2).mean() ** 0.5), abs=1e-9)
        assert result[f"{name}/sagr"] == pytest.approx(float((a.sign() == b.sign()).double().mean()))
        # torchmetrics mixes 1/n and 1/(n-1); in the limit of many samples both agree
        assert result[f"{name}/ccc"] == pytest.approx(ConcordanceCorrCoef()(a, b).item(), abs=0.02)
    for metric in ("ccc", "pearson"):
        both = [result[f"{name}/{metric}"] for name in ("valence", "arousal")]
        assert result[f"mean_{metric}"] == pytest.approx(np.mean(both))
    sd = [y[:, 0].numpy().std(), y[20:, 1].numpy().std()]
    both = np.divide([result["valence/rmse"], result["arousal/rmse"]], sd)
    assert result["mean_nrmse"] == pytest.approx(both.mean())


def test_the_mean_as_a_prediction_has_an_error_of_1_in_any_unit():
    year, share = torch.tensor([[1950.0], [1990.0], [2000.0]]), torch.tensor([[0.001], [0.004], [NAN]])
    metric = TaskMetrics(Dimensional("film", ("year", "share", "fixed")))
    metric.update(
        torch.tensor([[1980.0, 0.0025, 5.0]]).expand(3, 3), torch.cat([year, share, torch.full((3, 1), 0.1)], 1)
    )
    result = metric.compute()
    assert result["mean_nrmse"] == pytest.approx(1)  # without the dimension that never varies
    assert (result["mean_ccc"], result["mean_pearson"]) == (0, 0)


def test_undefined_dimensions_are_named():
    metric = TaskMetrics(Dimensional("affect", ("valence", "arousal")))
    metric.update(torch.zeros(3, 2), torch.tensor([[0.1, NAN], [0.1, 1.0], [0.1, NAN]]))
    result = metric.compute()
    assert result["undefined"] == ["arousal"]
    assert result["valence/ccc"] == 0
    assert result["valence/pearson"] == 0


@pytest.mark.parametrize("grid", [None, 2])
def test_multilabel_against_sklearn(grid):
    scores, targets = draw(grid=grid)
    result = multilabel_metrics(scores, targets, tuple("abcde"))
    y, s, p = targets.numpy(), scores.double().numpy(), (scores >= 0).numpy()
    assert result["mAP"] == pytest.approx(sk.average_precision_score(y, s, average="macro"))
    assert result["lrap"] == pytest.approx(sk.label_ranking_average_precision_score(y, s))
    assert result["ranking_loss"] == pytest.approx(sk.label_ranking_loss(y, s))
    assert result["coverage"] == pytest.approx(sk.coverage_error(y, s))
    assert result["hamming_loss"] == pytest.approx(sk.hamming_loss(y, p))
    assert result["subset_accuracy"] == pytest.approx(sk.accuracy_score(y, p))
    assert result["micro_f1"] == pytest.approx(sk.f1_score(y, p, average="micro"))
    assert result["macro_f1"] == pytest.approx(sk.f1_score(y, p, average="macro"))
    assert result["CP"] == pytest.approx(sk.precision_score(y, p, average="macro"))
    assert result["CR"] == pytest.approx(sk.recall_score(y, p, average="macro"))
    assert result["OP"] == pytest.approx(sk.precision_score(y, p, average="micro"))
    assert result["OR"] == pytest.approx(sk.recall_score(y, p, average="micro"))
    some = y.any(1)
    assert result["one_error"] == pytest.approx(1 - y[some, s[some].argmax(1)].mean())


def test_top_three_of_ml_gcn():
    scores, targets = draw(seed=3)
    result = multilabel_metrics(scores, targets, tuple("abcde"))
    p = np.zeros((200, 5), dtype=bool)
    for i, row in enumerate(scores.numpy()):
        for j in np.argsort(-row)[:3]:
            p[i, j] = row[j] >= 0
    assert result["top3_OP"] == pytest.approx(sk.precision_score(targets, p, average="micro"))
    assert result["top3_CR"] == pytest.approx(sk.recall_score(targets, p, average="macro"))


def test_a_missing_tag_is_as_if_it_were_not_there():
    scores, targets = draw(n=50)
    targets[:, 4] = NAN
    whole = multilabel_metrics(scores, targets, tuple("abcde"))
    part = multilabel_metrics(scores[:, :4], targets[:, :4], tuple("abcd"))
    assert whole.pop("absent") == ["e"]
    assert part.pop("absent") == []
    assert whole == pytest.approx(part)


def test_absent_tags_are_left_out_and_named():
    scores, targets = draw(n=50)
    targets[:, 0] = 0
    result = multilabel_metrics(scores, targets, tuple("abcde"))
    assert result["absent"] == ["a"]
    y, s = targets.numpy()[:, 1:], scores.double().numpy()[:, 1:]
    assert result["mAP"] == pytest.approx(sk.average_precision_score(y, s, average="macro"))
    nothing = multilabel_metrics(scores, torch.zeros(50, 5), tuple("abcde"))
    assert all(np.isfinite(value) for value in nothing.values() if isinstance(value, float))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=12).filter(
        lambda x: any(b for _, b in x)
    )
)
def test_average_precision_with_ties(pairs):
    scores, positive = (torch.tensor(part) for part in zip(*pairs, strict=True))
    expected = sk.average_precision_score(positive.numpy(), scores.numpy())
    assert average_precision(scores.double(), positive) == pytest.approx(expected)


def test_ranking_of_samples_without_positives_or_negatives():
    scores = torch.randn(3, 4)
    positive = torch.tensor([[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 0, 1]]).bool()
    result = ranking_metrics(scores, positive, torch.ones(3, 4).bool())
    assert result["lrap"] == pytest.approx(sk.label_ranking_average_precision_score(positive, scores))
    assert result["ranking_loss"] == pytest.approx(sk.label_ranking_loss(positive, scores))
    assert result["coverage"] == pytest.approx(sk.coverage_error(positive, scores))


@pytest.mark.parametrize("grid", [None, 2])
def test_tuned_thresholds_are_the_best_of_all(grid):
    scores, targets = draw(n=60, grid=grid)
    targets[0, 0] = NAN
    seen = ~torch.isnan(targets)
    y, s = targets[seen].numpy(), scores[seen].numpy()
    best = max(sk.f1_score(y, s >= t) for t in np.unique(s))
    micro = tune_thresholds(scores, targets)
    assert sk.f1_score(y, s >= micro[0].item()) == pytest.approx(best)
    macro = tune_thresholds(scores, targets, "macro_f1")
    for i in range(1, 5):
        y, s = targets[:, i].numpy(), scores[:, i].numpy()
        best = max(sk.f1_score(y, s >= t) for t in np.unique(s))
        assert sk.f1_score(y, s >= macro[i].item()) == pytest.approx(best)
    with pytest.raises(InputError, match="objective"):
        tune_thresholds(scores, targets, "f1")


def test_thresholds_enter_the_decisions():
    scores, targets = draw(n=60)
    result = multilabel_metrics(scores, targets, tuple("abcde"), torch.full((5,), 0.5))
    assert result["micro_f1"] == pytest.approx(sk.f1_score(targets, scores >= 0.5, average="micro"))
    metric = TaskMetrics(MultiLabel("t", tuple("abcde")), torch.full((5,), 0.5))
    metric.update(scores, targets)
    assert metric.compute() == result


def test_many_classes_as_small_integers():
    """20 times a class of 20 is more than 8 bits hold."""
    targets = torch.arange(30)
    scores = torch.eye(30)
    for dtype in (torch.uint8, torch.int8, torch.float32):
        assert confusion_matrix(scores, targets.to(dtype)).tolist() == torch.eye(30, dtype=int).tolist()
