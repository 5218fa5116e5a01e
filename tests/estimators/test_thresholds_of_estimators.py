"""Rare labels: from which probability they are decided for."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphClassifier
from gcnlabel.estimators.thresholds import thresholds_of

LINEAR = {"head": "linear", "hidden_layer_sizes": (64,), "batch_size": 128, "random_state": 0}
FAST = {**LINEAR, "hidden_layer_sizes": (8,), "max_iter": 3}


def drawn(seed, rare=26, n=600):
    """600 samples to train on, 26 of them positive, and 3400 others."""
    options = {"n_features": 20, "n_informative": 5, "flip_y": 0.01, "weights": [1 - rare / n]}
    X, y = make_classification(4000, **options, random_state=seed)
    random = np.random.default_rng(seed)
    rows = [random.permutation(np.flatnonzero(y == value)) for value in (1, 0)]
    train = np.concatenate([rows[0][:rare], rows[1][: n - rare]])
    rest = np.setdiff1d(np.arange(4000), train)
    return X[train], y[train], X[rest], y[rest]


def test_rare_classes_are_found_at_least_as_well_as_by_logistic_regression():
    plain, tuned, balanced, reference = [], [], [], []
    for seed in range(6):
        X, y, new, truth = drawn(seed)
        assert y.sum() == 26
        reference.append(f1_score(truth, LogisticRegression(max_iter=1000).fit(X, y).predict(new)))
        usual = LabelGraphClassifier(head="linear", random_state=0)
        plain.append(f1_score(truth, usual.fit(X, y).predict(new)))
        for found, options in ((tuned, {"threshold": "f1"}), (balanced, {"class_weight": "balanced"})):
            found.append(f1_score(truth, LabelGraphClassifier(**LINEAR, **options).fit(X, y).predict(new)))
    assert np.mean(tuned) > np.mean(reference) + 0.02
    assert np.mean(balanced) > np.mean(reference) + 0.02
    assert np.mean(plain) > np.mean(reference) - 0.05  # .18 below it where a tenth is held out


X, Y = np.random.default_rng(0).normal(size=(80, 4)), np.zeros((80, 2))
Y[:, 0], Y[:, 1] = X[:, 0] > 1, X[:, 1] > 0


def test_thresholds_that_are_given():
    model = LabelGraphClassifier(**FAST, threshold=[0.2, 0.8]).fit(X, Y)
    assert (model.predict(X) == (model.predict_proba(X) >= [0.2, 0.8])).all()
    words = np.where(Y[:, 0], "yes", "no")
    model.set_params(threshold=0.3).fit(X, words)
    assert (model.predict(X) == np.where(model.predict_proba(X)[:, 1] >= 0.3, "yes", "no")).all()
    assert model.thresholds_.tolist() == [0.3]


def test_what_gives_the_best_f1_is_found_on_samples_that_are_left_out():
    target = np.column_stack([np.arange(40) % 4 == 0, np.arange(40) % 2, np.zeros(40)]).astype(float)
    target[5, 1] = np.nan
    given = np.column_stack([np.where(target[:, 0] == 1, 0.2, 0.1), 0.6 * np.nan_to_num(target[:, 1]), target[:, 2]])
    seen = []

    def found(train, test):
        assert not set(train) & set(test)
        seen.extend(test)
        return given[test]

    assert thresholds_of("f1", target, found) == pytest.approx([0.15, 0.3, 0.5])
    assert sorted(seen) == list(range(40))


@pytest.mark.parametrize("y", [pd.DataFrame(Y, columns=["a", "b"]), np.where(Y[:, 0], "a", "none")])
def test_weights_of_named_labels_count_beside_thresholds(y):
    weight = {"a": {1: 3.0}} if y.ndim == 2 else {"a": 3.0}
    model = LabelGraphClassifier(**FAST, class_weight=weight, threshold="f1")
    frame = pd.DataFrame(X, columns=list("wxyz"))
    model.fit(frame, y, sample_weight=np.ones(80))
    assert model.thresholds_.shape == (y.ndim,)
    assert model.predict(frame).shape == y.shape
    assert model.feature_names_in_.tolist() == list("wxyz")


@pytest.mark.parametrize("threshold", [1.5, [0.1, 0.2, 0.3], "f2", None])
def test_what_is_no_threshold(threshold):
    with pytest.raises(InputError, match=r"threshold=(.|\n)*a probability, a list of 2"):
        LabelGraphClassifier(**FAST, threshold=threshold).fit(X, Y)


def test_of_several_classes_the_most_probable_is_taken():
    with pytest.raises(InputError, match="threshold=0.2 of 3 classes"):
        LabelGraphClassifier(**FAST, threshold=0.2).fit(X, np.arange(80) % 3)


def test_a_threshold_below_all_probabilities_is_a_probability():
    target = np.ones((40, 1))
    target[0] = 0
    given = np.full((40, 1), 0.5)  # nothing is told apart: best is to decide for all
    assert thresholds_of("f1", target, lambda train, test: given[test]).tolist() == [0.0]
