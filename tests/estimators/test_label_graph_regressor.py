import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV

from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphRegressor

FAST = {"hidden_layer_sizes": (), "max_iter": 60, "learning_rate": 0.05, "random_state": 0}


@pytest.fixture(scope="module")
def dimensions():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    y = X @ rng.normal(size=(5, 3)) + 0.3 * rng.normal(size=(200, 3))
    return X, y * [1, 100, 0.01] + [0, 1000, 5]


@pytest.mark.parametrize("loss", ["mse", "ccc"])
@pytest.mark.parametrize("head", ["linear", "graph"])
def test_it_predicts_in_the_units_of_the_targets(dimensions, head, loss):
    X, y = dimensions
    model = LabelGraphRegressor(**FAST, head=head, loss=loss).fit(X[:150], y[:150])
    reference = LinearRegression().fit(X[:150], y[:150]).score(X[150:], y[150:])
    assert model.score(X[150:], y[150:]) > reference - 0.2 > 0.7


def test_a_linear_head_upon_the_features_is_linear_regression(dimensions):
    X, y = dimensions
    model = LabelGraphRegressor(**{**FAST, "max_iter": 200}, weight_decay=0, validation_fraction=0)
    expected = LinearRegression().fit(X, y).predict(X)
    np.testing.assert_allclose((model.fit(X, y).predict(X) - expected) / y.std(0), 0, atol=0.03)


def test_predictions_have_the_shape_of_the_targets(dimensions):
    X, y = dimensions
    assert LabelGraphRegressor(**FAST).fit(X, y[:, 0]).predict(X).shape == (200,)
    assert LabelGraphRegressor(**FAST).fit(X, y[:, :1]).predict(X).shape == (200, 1)
    named = LabelGraphRegressor(**FAST).fit(X, pd.DataFrame(y, columns=["a", "b", "c"]))
    assert named.tasks_.labels == ("a", "b", "c")


def test_missing_values_are_neither_learnt_nor_scored(dimensions):
    X, y = dimensions
    missing = y.copy()
    missing[::2, 0] = missing[1::3, 2] = np.nan
    model = LabelGraphRegressor(**FAST).fit(X, missing)
    found, seen = model.predict(X), ~np.isnan(missing)
    parts = [r2_score(y[seen[:, d], d], found[seen[:, d], d]) for d in range(3)]
    assert model.score(X, missing) == pytest.approx(np.mean(parts))
    assert r2_score(y, found) > 0.8


def test_score_weighs_samples(dimensions):
    X, y = dimensions
    model, weights = LabelGraphRegressor(**FAST).fit(X, y), np.arange(200.0)
    assert model.score(X, y, weights) == pytest.approx(r2_score(y, model.predict(X), sample_weight=weights))


def test_grid_search(dimensions):
    search = GridSearchCV(LabelGraphRegressor(**FAST), {"loss": ["mse", "ccc"]}, cv=2, error_score="raise")
    assert search.fit(*dimensions).best_score_ > 0.8


def test_targets_that_cannot_be_learnt(dimensions):
    X, y = dimensions
    with pytest.raises(ValueError, match="y contains infinity"):
        LabelGraphRegressor(**FAST).fit(X, np.full_like(y, np.inf))
    with pytest.raises(InputError, match="no sample is annotated"):
        LabelGraphRegressor(**FAST).fit(X, np.full_like(y, np.nan))
