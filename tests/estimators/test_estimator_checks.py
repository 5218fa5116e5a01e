"""scikit-learn's own checks, all of them: also that a weight is as many copies of a sample, and 0 none."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor

SMALL = {"hidden_layer_sizes": (16,), "dropout": 0.0, "max_iter": 10, "learning_rate": 0.05}
VALUE = {"affect": {"type": "dimensional", "dims": ["valence"]}}  # what the checks give as y


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        LabelGraphClassifier(**SMALL),
        LabelGraphRegressor(**SMALL),
        LabelGraphEstimator(VALUE, **{**SMALL, "max_iter": 3}),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
