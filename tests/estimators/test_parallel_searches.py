"""Searches and validations in several processes: the same numbers as in one."""

import numpy as np
import pytest
from sklearn.datasets import make_multilabel_classification
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score

from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelKFold

X, Y = make_multilabel_classification(n_samples=90, n_features=6, n_classes=4, random_state=0)
FAST = {"hidden_layer_sizes": (8,), "max_iter": 3, "random_state": 0}
MIXED = {
    "tags": {"type": "multilabel", "labels": ["a", "b", "c", "d"]},
    "affect": {"type": "dimensional", "dims": ["valence"]},
}


@pytest.mark.filterwarnings("ignore")
def test_a_grid_over_heads_thresholds_and_weights_at_once():
    grid = {"head": ["linear", "graph", "graph-cosine"], "tau": [0.05, 0.4], "p": [0.1, 0.6]}
    found = [
        GridSearchCV(LabelGraphClassifier(**FAST), grid, cv=2, n_jobs=jobs, error_score="raise").fit(X, Y)
        for jobs in (1, 2)
    ]
    one, two = (search.cv_results_["mean_test_score"] for search in found)
    assert len(one) == 12
    np.testing.assert_array_equal(one, two)
    assert found[0].best_params_ == found[1].best_params_
    graphs = {_adjacency(**params) for params in found[0].cv_results_["params"] if params["head"] == "graph"}
    assert len(graphs) == 3  # both arguments make the graph; of 0.4 no edge is left to weigh


def _adjacency(**params):
    graph = LabelGraphClassifier(**FAST, **params).fit(X, Y).graph_
    return tuple(graph.adjacency().flatten().tolist())


def test_missing_tags_and_probabilities_of_several_tasks():
    missing = np.where(np.random.default_rng(0).uniform(size=Y.shape) < 0.2, np.nan, Y)
    model = LabelGraphClassifier(**FAST, head="linear")
    scores = [cross_val_score(model, X, missing, cv=LabelKFold(3), n_jobs=j, error_score="raise") for j in (1, 2)]
    np.testing.assert_array_equal(*scores)
    mixed, targets = LabelGraphEstimator(MIXED, **FAST, head="linear"), np.column_stack([missing, X[:, 0]])
    options = {"params": {"targets": targets}, "method": "predict_proba", "cv": KFold(3)}
    one, two = (cross_val_predict(mixed, X, None, n_jobs=jobs, **options) for jobs in (1, 2))
    np.testing.assert_array_equal(one["tags"], two["tags"])
    assert one["tags"].shape == Y.shape
