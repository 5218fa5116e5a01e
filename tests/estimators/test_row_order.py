"""Indices of X and y in another order are pointed out."""

import warnings

import numpy as np
import pandas as pd
import pytest

from gcnlabel.errors import GcnlabelWarning
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor
from gcnlabel.estimators.row_order import warn_of_other_order

X = pd.DataFrame({"x": np.linspace(0, 1, 24)}, index=list("abcdefghijklmnopqrstuvwx"))
Y = pd.DataFrame({"mood": ["sad"] * 12 + ["glad"] * 12}, index=X.index)


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (LabelGraphClassifier, Y["mood"]),
        (LabelGraphRegressor, X["x"]),
        (LabelGraphEstimator, Y),
    ],
)
@pytest.mark.filterwarnings("ignore:tasks inferred")
def test_every_estimator_says_so_and_goes_on(estimator, y):
    model = estimator(head="linear", max_iter=1, random_state=0)
    with pytest.warns(GcnlabelWarning, match="the same index in another order"):
        model.fit(X, y[::-1])
    assert len(model.predict(X)) == 24


@pytest.mark.parametrize("y", [Y, Y.reset_index(drop=True), Y[:5], Y.to_numpy(), ["sad"] * 24])
def test_nothing_is_said_of_anything_else(y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_other_order(X, y)
        warn_of_other_order(X.to_numpy(), Y[::-1])
