import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gcnlabel.metrics.auc import auc


def test_scikit_learns_with_ties_and_missing_targets():
    rng = np.random.default_rng(0)
    scores, targets = rng.integers(0, 5, 200).astype(float), (rng.random(200) < 0.3).astype(float)
    assert auc(scores, targets) == pytest.approx(roc_auc_score(targets, scores))
    missing = rng.random(200) < 0.2
    targets[missing] = np.nan
    assert auc(scores, targets) == pytest.approx(roc_auc_score(targets[~missing], scores[~missing]))


def test_one_kind_alone_has_no_area():
    assert math.isnan(auc([1, 2], [1, 1]))
    assert math.isnan(auc([1, 2], [0, float("nan")]))
