"""scikit-learn's own checks. Those that no estimator of random batches passes, as MLPClassifier does not, are named."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor

SMALL = {"hidden_layer_sizes": (16,), "dropout": 0.0, "max_iter": 25, "learning_rate": 0.02}
VALUE = {"affect": {"type": "dimensional", "dims": ["valence"]}}  # what the checks give as y


RANDOM = {
    f"check_sample_weight_equivalence_on_{kind}_data": "batches are drawn: a weight is no copy of a sample"
    for kind in ("dense", "sparse")
}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        LabelGraphClassifier(**SMALL),
        LabelGraphRegressor(**SMALL),
        LabelGraphEstimator(VALUE, **{**SMALL, "max_iter": 3}),
    ],
    expected_failed_checks=lambda estimator: RANDOM,
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)
