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
    np.testing.assert_allclose((model.fit(X, y).predict(X) - expected) / y.std(0), 0, atol=0.02)


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


@pytest.mark.parametrize("loss", ["mse", "ccc"])
@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_predictions_are_the_least_squares_line_on_what_was_trained_on(dimensions, head, loss):
    X, y = dimensions
    missing = y.copy()
    missing[::3, 1] = np.nan
    short = {**FAST, "max_iter": 3, "validation_fraction": 0, "head": head, "loss": loss}
    plain = LabelGraphRegressor(**short, calibrate="none").fit(X, missing)
    model = LabelGraphRegressor(**short).fit(X, missing)
    for d, seen in enumerate((~np.isnan(missing)).T):
        before = plain.predict(X)[seen, d]
        slope, offset = np.polyfit((before - before.mean()) / before.std(), y[seen, d], 1)
        line = slope * (before - before.mean()) / before.std() + offset
        np.testing.assert_allclose(model.predict(X)[seen, d], line, atol=1e-4 * y[seen, d].std())
    assert model.score(X, missing) > plain.score(X, missing)


@pytest.mark.parametrize(("calibrate", "loss", "by"), [("auto", "ccc", "moments"), ("auto", "mse", "regression")])
def test_auto_goes_by_the_loss(dimensions, calibrate, loss, by):
    X, y = dimensions
    short = {**FAST, "max_iter": 3, "loss": loss}
    found = [LabelGraphRegressor(**short, calibrate=name).fit(X, y).predict(X) for name in (calibrate, by)]
    np.testing.assert_array_equal(*found)


def test_a_method_that_does_not_exist(dimensions):
    with pytest.raises(InputError, match="calibrate"):
        LabelGraphRegressor(**FAST, calibrate="ranks").fit(*dimensions)
