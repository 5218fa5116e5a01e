"""Tags that are unknown: left out, or counted as negative where decisions are measured, as ML-GCN does on VOC."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.errors import InputError
from gcnlabel.metrics import TaskMetrics, multilabel_metrics, tune_thresholds
from gcnlabel.tasks import MultiLabel, TaskSet


def protocol(scores, signs):
    """ML-GCN's protocol from VOC's 1, 0 (difficult) and -1, in NumPy: mAP without what is difficult, the rest with."""
    n, size = scores.shape
    found, precisions = {}, []
    for label in range(size):
        kept = signs[:, label] != 0
        order = np.argsort(-scores[kept, label])
        hits = signs[kept, label][order] == 1
        precisions.append(np.mean((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits]))
    found["mAP"] = np.mean(precisions)
    positive = signs == 1  # difficult counts as negative
    for prefix, among in (("", np.ones((n, size), bool)), ("top3_", top(scores, 3))):
        predicted = (scores >= 0) & among
        hits, guesses, true = (part.sum(0) for part in (predicted & positive, predicted, positive))
        cp = np.mean([h / g if g else 0 for h, g in zip(hits, guesses, strict=True)])
        cr = np.mean(hits / true)
        op, our = hits.sum() / max(guesses.sum(), 1), hits.sum() / true.sum()
        found |= {f"{prefix}CP": cp, f"{prefix}CR": cr, f"{prefix}OP": op, f"{prefix}OR": our}
        found |= {
            f"{prefix}CF1": 2 * cp * cr / max(cp + cr, 1e-12),
            f"{prefix}OF1": 2 * op * our / max(op + our, 1e-12),
        }
    return found


def top(scores, k):
    among = np.zeros(scores.shape, bool)
    for row, values in enumerate(scores):
        among[row, sorted(range(len(values)), key=lambda i: -values[i])[:k]] = True
    return among


def targets_of(signs):
    return torch.as_tensor(np.where(signs == 0, np.nan, signs > 0), dtype=torch.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 6))
def test_the_whole_protocol_of_ml_gcn(seed, n, size):
    random = np.random.default_rng(seed)
    scores = random.permutation(n * size).reshape(n, size) / (n * size) - random.random()  # no ties
    signs = random.choice([-1, 0, 1], (n, size), p=[0.6, 0.2, 0.2])
    signs[random.integers(n, size=size), np.arange(size)] = 1
    labels = [f"c{i}" for i in range(size)]
    metric = TaskMetrics(MultiLabel("objects", labels, unknown="negative"))
    metric.update(torch.as_tensor(scores), targets_of(signs))
    found = metric.compute()
    expected = protocol(scores, signs)
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_by_hand():
    scores = torch.tensor([[1.0], [2.0], [-1.0], [3.0]])
    targets = targets_of(np.array([[1], [0], [-1], [0]]))  # the two highest are difficult
    out = multilabel_metrics(scores, targets, ("a",))
    negative = multilabel_metrics(scores, targets, ("a",), unknown="negative")
    assert (out["mAP"], negative["mAP"]) == (1, 1)
    assert (out["OP"], negative["OP"]) == (1, 1 / 3)
    assert (out["OR"], negative["OR"]) == (1, 1)
    assert (out["hamming_loss"], negative["hamming_loss"]) == (0, 0.5)
    assert (out["subset_accuracy"], negative["subset_accuracy"]) == (1, 0.5)
    ranks = ("lrap", "ranking_loss", "coverage", "one_error")
    assert {name: out[name] for name in ranks} == {name: negative[name] for name in ranks}


def test_a_difficult_label_takes_one_of_the_three_highest():
    scores, signs = torch.tensor([[4.0, 3.0, 2.0, 1.0]]), np.array([[0, -1, -1, 1]])
    out = multilabel_metrics(scores, targets_of(signs), tuple("abcd"))
    negative = multilabel_metrics(scores, targets_of(signs), tuple("abcd"), unknown="negative")
    assert (out["top3_OR"], negative["top3_OR"]) == (1, 0)


def test_thresholds_are_tuned_on_the_decisions_that_are_measured():
    scores = torch.tensor([[3.0], [2.8], [2.6], [2.4], [2.0], [1.0]])
    targets = targets_of(np.array([[1], [0], [0], [0], [1], [-1]]))
    assert tune_thresholds(scores, targets).item() == 1.5  # both positives
    assert tune_thresholds(scores, targets, unknown="negative").item() == pytest.approx(2.9)  # F1 2/3 instead of 4/7


def test_a_task_says_what_unknown_counts_as():
    declared = {"tags": {"type": "multilabel", "labels": ["a"], "unknown": "negative"}}
    tasks = TaskSet.from_dict(declared)
    assert tasks["tags"].unknown == "negative"
    assert tasks.to_dict() == declared
    assert tasks == TaskSet([MultiLabel("tags", ["a"])])
    with pytest.raises(InputError, match="unknown: 'positive'"):
        MultiLabel("tags", ["a"], unknown="positive")
    with pytest.raises(InputError, match="unknown key 'unknown'"):
        TaskSet.from_dict({"c": {"type": "categorical", "classes": ["a"], "unknown": "negative"}})
