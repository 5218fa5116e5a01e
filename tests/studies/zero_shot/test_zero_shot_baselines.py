import numpy as np
import pytest
from sklearn.linear_model import Ridge

from gcnlabel.studies.zero_shot import BASELINES
from gcnlabel.studies.zero_shot.baselines import Seen, baseline_scores


def seen(**changes):
    rng = np.random.default_rng(0)
    training = rng.normal(size=(50, 3)) @ rng.normal(size=(3, 3)) * [1, 5, 0.2] + [0, 3, -1]
    given = {
        "training": training,
        "names": np.array([[1.0, 0], [3, 4], [0, -2]]),
        "name": np.array([0.0, 5]),
        "correlation": np.array([0.5, -0.2, 0.1]),
    }
    return Seen(**{**given, **changes})


def test_weights_by_hand():
    assert BASELINES["nearest seen label"](seen()).tolist() == [0, 1, 0]  # cosines 0, .8, -1
    np.testing.assert_allclose(BASELINES["seen scores by name"](seen()), np.array([0, 0.8, -1]) + 0.2 / 3)
    assert BASELINES["seen scores by correlation"](seen()).tolist() == [0.5, -0.2, 0.1]


def test_regression_by_correlations_is_ridge_on_the_samples():
    """Where the correlations are those of a target in the training part, it is scikit-learn's ridge regression."""
    known = seen()
    target = known.training @ [0.3, -0.1, 2] + np.random.default_rng(1).normal(size=50)
    standard = (known.training - known.training.mean(0)) / known.training.std(0)
    target = (target - target.mean()) / target.std()
    ridge = Ridge(alpha=50.0, fit_intercept=False).fit(standard, target)  # ridge 1 a sample
    weights = BASELINES["seen scores by regression"](seen(correlation=standard.T @ target / 50))
    np.testing.assert_allclose(weights, ridge.coef_, rtol=1e-10)


def test_scores_are_standardised_as_in_training():
    known = seen()
    scores = np.array([[1.0, 2, 3], [4, 5, 6]])
    found = baseline_scores(np.array([1.0, 0, -2]), known, scores)
    mean, sd = known.training.mean(0), known.training.std(0)
    wanted = [(row[0] - mean[0]) / sd[0] - 2 * (row[2] - mean[2]) / sd[2] for row in scores]
    np.testing.assert_allclose(found, wanted)


@pytest.mark.parametrize("name", BASELINES)
def test_constant_scores_and_empty_names_stay_finite(name):
    odd = seen(training=np.ones((50, 3)), names=np.zeros((3, 2)))
    assert np.isfinite(baseline_scores(BASELINES[name](odd), odd, np.ones((2, 3)))).all()
