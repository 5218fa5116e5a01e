"""scikit-learn's own checks, all of them: also that a weight is as many copies of a sample, and 0 none."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor

SMALL = {"hidden_layer_sizes": (16,), "dropout": 0.0, "max_iter": 5, "learning_rate": 0.1}
EPOCHS = SMALL["max_iter"]
VALUE = {"affect": {"type": "dimensional", "dims": ["valence"]}}  # what the checks give as y


class Short(LabelGraphClassifier):
    """A classifier that is trained for few epochs, however many a check asks for."""

    def set_params(self, **params):
        if "max_iter" in params:
            params["max_iter"] = min(params["max_iter"], EPOCHS)
        return super().set_params(**params)


CHECKS = parametrize_with_checks(
    [
        LabelGraphClassifier(**SMALL),
        LabelGraphRegressor(**SMALL),
        LabelGraphEstimator(VALUE, **{**SMALL, "max_iter": 3}),
    ]
)


def doubled(check):
    """Whether another check does the same: on arrays of a file in single precision, or on sparse arrays."""
    name = check.func.__name__
    on_file = name.endswith("s_train") and check.keywords == {"readonly_memmap": True}
    return on_file or name == "check_estimator_sparse_matrix"


CASES = [pytest.param(*case, marks=[pytest.mark.slow] if doubled(case[1]) else []) for case in CHECKS.args[1]]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("estimator", "check"), CASES, ids=CHECKS.kwargs["ids"])
def test_scikit_learn_checks(estimator, check):
    if check.func.__name__ == "check_class_weight_classifiers":
        estimator = Short(**SMALL)  # it asks for 1,000 epochs; without the weights it fails in 3 and in 30, too
    check(estimator)
