"""``warm_start``: a fit goes on from the weights of the one before, as of scikit-learn's MLPClassifier."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor
from gcnlabel.graph import LabelGraph

pytestmark = pytest.mark.filterwarnings("ignore")
X, Y = make_multilabel_classification(n_samples=120, n_features=6, n_classes=4, random_state=0)
CLASSES = np.array(["a", "b", "c"])[np.arange(120) % 3]
FAST = {"head": "linear", "hidden_layer_sizes": (8,), "dropout": 0.0, "max_iter": 4, "random_state": 0}
STILL = {"learning_rate": 1e-12, "weight_decay": 0.0, "max_iter": 1}
"""Trained by steps of nothing: what is predicted afterwards is what was predicted before."""
VALUES = 30 + 5 * np.column_stack([X[:, 0] + X[:, 1], X[:, 2]])
MIXED = {
    "mood": {"type": "categorical", "classes": ["a", "b", "c"]},
    "affect": {"type": "dimensional", "dims": ["v", "w"]},
}
KINDS = {
    "tags": (LabelGraphClassifier(**FAST), Y),
    "graph": (LabelGraphClassifier(**{**FAST, "head": "graph", "tau": 0.1}), Y),
    "held out": (LabelGraphClassifier(**FAST, validation_fraction=0.2), Y),
    "classes": (LabelGraphClassifier(**FAST), CLASSES),
    "lists": (LabelGraphClassifier(**FAST), [[str(c), "d"] if c == "a" else [str(c)] for c in CLASSES]),
    "values": (LabelGraphRegressor(**FAST), VALUES),
    "default": (LabelGraphClassifier(**{**FAST, "head": "default"}), Y),
    "frame": (LabelGraphEstimator(**FAST, calibrate="none"), pd.DataFrame({"mood": CLASSES, "v": VALUES[:, 0]})),
    "mixed, default": (
        LabelGraphEstimator(MIXED, **{**FAST, "head": "default", "calibrate": "none"}),
        np.column_stack([np.arange(120) % 3, VALUES]),
    ),
}


def outputs(model):
    scores = model._scores(X)
    return np.hstack([scores[name] for name in sorted(scores)])


def rows(y, kept):
    return y.iloc[kept] if hasattr(y, "iloc") else y[kept] if isinstance(y, np.ndarray) else [y[i] for i in kept]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_begins_where_the_one_before_ended(kind):
    """Also on other samples: features are scaled, and the graph is, as in the first fit."""
    model, y = KINDS[kind]
    model = clone(model).set_params(warm_start=True).fit(X, y)
    before, graph = outputs(model), model.graph_
    kept = np.r_[0:90]
    if kind == "values":
        model.set_params(calibrate="none")
    model.set_params(**STILL).fit(X[kept], rows(y, kept))
    np.testing.assert_allclose(outputs(model), before, rtol=1e-4, atol=1e-4)
    assert model.graph_ is graph
    assert model.n_iter_ == 1
    cold = clone(model).set_params(warm_start=False).fit(X[kept], rows(y, kept))
    assert np.abs(outputs(cold) - before).max() > 0.02


@pytest.mark.parametrize("kind", ["tags", "graph", "values", "default"])
def test_training_goes_on(kind):
    """Twice some epochs fit better than once, and a copy goes on as the original does."""
    model, y = KINDS[kind]
    model = clone(model).set_params(warm_start=True, learning_rate=0.01).fit(X, y)
    first = model.score(X, y)
    copied = pickle.loads(pickle.dumps(model))
    for _ in range(5):
        model.fit(X, y)
        copied.fit(X, y)
    assert model.score(X, y) > first
    np.testing.assert_allclose(outputs(copied), outputs(model))


def test_the_first_fit_and_clones_begin_anew():
    plain = outputs(LabelGraphClassifier(**FAST).fit(X, Y))
    warm = LabelGraphClassifier(**FAST, warm_start=True).fit(X, Y)
    np.testing.assert_array_equal(outputs(warm), plain)
    warm.fit(X, Y)
    assert np.abs(outputs(warm) - plain).max() > 1e-3
    np.testing.assert_array_equal(outputs(clone(warm).fit(X, Y)), plain)
    np.testing.assert_array_equal(outputs(warm.set_params(warm_start=False).fit(X, Y)), plain)


def test_other_classes_and_features_are_refused_as_by_scikit_learn():
    for make in (LabelGraphClassifier(**FAST, warm_start=True), MLPClassifier(max_iter=2, warm_start=True)):
        model = make.fit(X, CLASSES)
        proba = model.predict_proba(X)
        with pytest.raises(ValueError, match="warm_start"):
            model.fit(X[CLASSES != "c"], CLASSES[CLASSES != "c"])
        with pytest.raises(ValueError, match="4 features, but .* is expecting 6"):
            model.fit(X[:, :4], CLASSES)
        if isinstance(model, LabelGraphClassifier):  # and what was trained is as it was
            assert model.classes_.tolist() == ["a", "b", "c"]
            assert (model.predict_proba(X) == proba).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"head": "cosine"}, "warm_start: model.* changed"),
        ({"hidden_layer_sizes": (9,)}, "warm_start: model.* changed"),
        ({"tau": 0.7}, "warm_start: graph changed"),
        ({"standardize": False}, "warm_start: standardize changed"),
        ({"graph": LabelGraph.from_dense(np.ones((4, 4)), ["0", "1", "2", "3"]), "tau": None}, "graph changed"),
    ],
)
def test_what_weights_depend_on_cannot_change(changed, message):
    model = LabelGraphClassifier(**{**FAST, "head": "graph", "tau": 0.1}, warm_start=True).fit(X, Y)
    with pytest.raises(InputError, match=message):
        model.set_params(**changed).fit(X, Y)


def test_thresholds_are_found_by_models_that_have_not_seen_what_is_left_out():
    given = {**FAST, "threshold": "f1"}
    plain = LabelGraphClassifier(**given).fit(X, Y)
    warm = LabelGraphClassifier(**given, warm_start=True).fit(X, Y).fit(X, Y)
    assert (warm.thresholds_ == plain.thresholds_).all()


def test_a_fit_that_fails_leaves_everything_as_it_was():
    model = LabelGraphClassifier(**FAST).fit(X, CLASSES)
    before = model.predict(X)
    with pytest.raises(InputError):
        model.set_params(learning_rate=-1.0).fit(X, np.array(["x", "y", "z"])[np.arange(120) % 3])
    assert (model.predict(X) == before).all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        assert torch.equal(model._kept.trained.model.head.bias, model.model_.head.bias)


@pytest.mark.parametrize("head", ["linear", "default"])
def test_dropout_acts_in_each_fit(head, monkeypatch):
    from gcnlabel.training import Ensemble

    modes, step = [], Ensemble.step

    def seen(self, *given, **options):
        modes.append(all(part.training for part in self.model.modules()))
        return step(self, *given, **options)

    monkeypatch.setattr(Ensemble, "step", seen)
    model = LabelGraphClassifier(**{**FAST, "head": head, "dropout": 0.5, "max_iter": 2}, warm_start=True).fit(X, Y)
    first = len(modes)
    model.fit(X, Y)
    assert first < len(modes)
    assert all(modes)
