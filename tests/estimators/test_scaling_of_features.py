"""How estimators scale features where nothing is said."""

import numpy as np
import pytest
from scipy import sparse

from gcnlabel.data import Standardize
from gcnlabel.estimators import LabelGraphClassifier

OPTIONS = {"head": "linear", "hidden_layer_sizes": (), "max_iter": 3, "random_state": 0}


def scaling(classifier):
    return next(module for module in classifier.model_.modules() if isinstance(module, Standardize))


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_sparse_features_are_divided_by_one_number(kind):
    rng = np.random.default_rng(0)
    x = np.where(rng.random((80, 40)) < 0.06, 0.01, 0.0)
    fitted = LabelGraphClassifier(**OPTIONS).fit(kind(x), (x[:, :3] > 0).astype(int))
    found = scaling(fitted)
    assert not found.mean.any()
    np.testing.assert_allclose(found.sd.numpy(), np.sqrt((x**2).mean()), rtol=1e-6)
    assert scaling(LabelGraphClassifier(**OPTIONS, standardize=True).fit(x, (x[:, :3] > 0).astype(int))).mean.any()


def test_dense_features_by_mean_and_deviation():
    x = np.random.default_rng(0).normal(5, 2, (60, 4))
    found = scaling(LabelGraphClassifier(**OPTIONS).fit(x, (x[:, :2] > 5).astype(int)))
    np.testing.assert_allclose(found.mean.numpy(), x.mean(0), rtol=1e-6)
    np.testing.assert_allclose(found.sd.numpy(), x.std(0), rtol=1e-6)
