import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from gcnlabel.studies.zero_shot.has_label import PENALTIES, ridge_of_features


def test_it_is_the_ridge_of_scikit_learn():
    rng = np.random.default_rng(0)
    inputs, others = (rng.normal(size=(n, 5)) * [1, 2, 3, 4, 0.1] + 7 for n in (40, 8))
    targets = (inputs @ [1, -1, 0.5, 0, 3] + rng.normal(size=40) > np.median(inputs @ [1, -1, 0.5, 0, 3])) * 1.0
    targets[[3, 9]] = np.nan
    seen = np.isfinite(targets)
    mean, sd = inputs[seen].mean(0), inputs[seen].std(0)
    z, new = (inputs[seen] - mean) / sd, (others - mean) / sd
    ridge = RidgeCV(alphas=PENALTIES).fit(z, targets[seen])
    left_out, scores = ridge_of_features(inputs, others, targets)
    np.testing.assert_allclose(scores, ridge.predict(new) - targets[seen].mean(), rtol=1e-7, atol=1e-9)
    alone = cross_val_predict(RidgeCV(alphas=[ridge.alpha_]), z, targets[seen], cv=LeaveOneOut())
    np.testing.assert_allclose(left_out[seen], alone - targets[seen].mean(), rtol=1e-6, atol=1e-9)
    assert left_out[[3, 9]].tolist() == [0, 0]


@pytest.mark.parametrize("width", [3, 60])
def test_constant_features_and_more_features_than_samples_stay_finite(width):
    inputs = np.ones((20, width))
    inputs[:, 0] = np.arange(20)
    for scores in ridge_of_features(inputs, inputs[:4], np.arange(20) % 2):
        assert np.isfinite(scores).all()
