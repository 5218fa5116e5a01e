import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphClassifier
from gcnlabel.graph import LabelGraph

FAST = {"hidden_layer_sizes": (16,), "dropout": 0.0, "max_iter": 15, "random_state": 0}
GIVEN = LabelGraph.from_dense(np.ones((4, 4)), ["3", "1", "0", "2"])


@pytest.fixture(scope="module")
def classes():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 240)
    return 1.5 * np.eye(4)[y] @ rng.normal(size=(4, 6)) + rng.normal(size=(240, 6)), np.array(["a", "b", "c", "d"])[y]


@pytest.fixture(scope="module")
def tags():
    X, y = make_multilabel_classification(n_samples=240, n_features=10, n_classes=4, random_state=0)
    return X, y


def test_it_is_about_as_good_as_logistic_regression(classes):
    X, y = classes
    mine = LabelGraphClassifier(random_state=0).fit(X[:160], y[:160]).score(X[160:], y[160:])
    reference = LogisticRegression().fit(X[:160], y[:160]).score(X[160:], y[160:])
    assert reference > 0.6  # chance is 0.25
    assert mine > reference - 0.05


def test_predictions_are_the_most_probable_classes(classes):
    X, y = classes
    model = LabelGraphClassifier(**FAST).fit(X, y)
    found = model.predict_proba(X)
    assert model.classes_.tolist() == ["a", "b", "c", "d"]
    np.testing.assert_allclose(found.sum(1), 1)
    assert (model.predict(X) == model.classes_[found.argmax(1)]).all()
    assert model.score(X, y) == accuracy_score(y, model.predict(X))


def test_probabilities_are_those_of_the_trained_network(classes):
    X, y = classes
    model = LabelGraphClassifier(**FAST).fit(X, y)
    with torch.no_grad():
        scores = model.model_(torch.from_numpy(X))["class"]
    np.testing.assert_allclose(model.predict_proba(X), scores.softmax(1).numpy(), rtol=1e-9)


@pytest.mark.parametrize("kind", [list, sparse.csr_matrix, pd.DataFrame])
def test_tags_come_in_any_container(tags, kind):
    X, y = tags
    plain = LabelGraphClassifier(**FAST).fit(X, y).predict_proba(X)
    given = y.tolist() if kind is list else kind(y)
    model = LabelGraphClassifier(**FAST).fit(X, given)
    assert (model.predict_proba(X) == plain).all()
    assert (model.predict(X) == (plain > 0.5)).all()
    if kind is not list:
        assert model.score(X, given) == accuracy_score(y, model.predict(X))


def test_columns_of_a_frame_name_the_tags(tags):
    X, y = tags
    model = LabelGraphClassifier(**FAST, head="graph").fit(X, pd.DataFrame(y, columns=list("wxyz")))
    assert model.classes_.tolist() == list("wxyz")
    assert model.graph_.labels == ("w", "x", "y", "z")


def test_missing_tags_are_neither_learnt_nor_scored(tags):
    X, y = tags
    missing = y.astype(float)
    missing[np.random.default_rng(0).uniform(size=y.shape) < 0.3] = np.nan
    model = LabelGraphClassifier(**FAST).fit(X, missing)
    right = np.where(np.isnan(missing), True, model.predict(X) == y).all(1)
    assert model.score(X, missing) == right.mean() > accuracy_score(y, model.predict(X))
    spoilt = missing.copy()
    spoilt[0] = np.nan
    weights = np.r_[1.0, np.zeros(len(X) - 1)]
    assert model.score(X, spoilt, sample_weight=weights) == 1


@pytest.mark.parametrize(
    ("kind", "grid"),
    [
        ("classes", {"learning_rate": [0.003, 0.03], "hidden_layer_sizes": [(), (8,)]}),
        ("tags", [{"head": ["linear", "cosine"]}, {"head": ["graph", "residual"], "tau": [0.1, 1.0]}]),
    ],
)
def test_pipeline_and_grid_search(kind, grid, request):
    X, y = request.getfixturevalue(kind)
    steps = [{f"labelgraphclassifier__{name}": values for name, values in of.items()} for of in np.atleast_1d(grid)]
    pipeline = make_pipeline(StandardScaler(), LabelGraphClassifier(**{**FAST, "max_iter": 10}))
    search = GridSearchCV(pipeline, steps, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == (4 if kind == "classes" else 6)
    assert search.best_score_ > 0.25
    assert search.predict(X).shape == y.shape


def test_missing_tags_can_be_searched_over(tags):
    X, y = tags
    y = np.where(np.arange(4) == np.arange(len(y))[:, None] % 40, np.nan, y)
    search = GridSearchCV(LabelGraphClassifier(**FAST), {"dropout": [0.0, 0.5]}, cv=KFold(2), error_score="raise")
    assert search.fit(X, y).best_score_ > 0


def test_a_seed_decides_everything_and_no_other_state_is_touched(tags):
    X, y = tags
    torch.manual_seed(3)
    np.random.seed(3)
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    model = LabelGraphClassifier(**{**FAST, "dropout": 0.3}, head="graph").fit(X, y)
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert (np.random.get_state()[1] == numpy_state).all()
    torch.manual_seed(4)
    assert (clone(model).fit(X, y).predict_proba(X) == model.predict_proba(X)).all()
    other = clone(model).set_params(random_state=1).fit(X, y)
    assert (other.predict_proba(X) != model.predict_proba(X)).any()
    assert (pickle.loads(pickle.dumps(model)).predict_proba(X) == model.predict_proba(X)).all()


def test_a_ready_graph_is_matched_by_name(tags):
    X, y = tags
    model = LabelGraphClassifier(**FAST, graph=GIVEN).fit(X, y)
    assert model.config_.model.head.name == "residual"  # the default is never linear beside a graph
    assert model.graph_.labels == ("0", "1", "2", "3")
    assert torch.equal(model.graph_.x, torch.eye(4))
    assert model.get_params()["graph"] is GIVEN
    assert clone(model).fit(X, y).score(X, y) == model.score(X, y)


def test_more_labels_than_a_dense_graph_has():
    rng = np.random.default_rng(0)
    y = (rng.uniform(size=(60, 140)) < 0.3).astype(int)
    model = LabelGraphClassifier(**{**FAST, "max_iter": 2}, head="graph", tau=0.2).fit(rng.normal(size=(60, 3)), y)
    assert model.predict(np.zeros((2, 3))).shape == (2, 140)


def test_the_head_of_a_small_fold_without_edges_still_trains(tags):
    X, y = tags
    model = LabelGraphClassifier(**FAST, head="graph", tau=1.0).fit(X, y)
    assert torch.equal(model.graph_.adjacency(), torch.eye(4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"head": {"name": "cosine", "of": "grph"}}, "unknown head 'grph'"),
        ({"head": {"name": "label-query", "heds": 2}}, "model.head.*heds"),
        ({"head": "graph", "graph": GIVEN, "p": 0.2}, "p with a given graph"),
        ({"head": "grph"}, "^head: unknown head 'grph'"),
        ({"loss": "ccc"}, "loss 'ccc' does not suit the multilabel task"),
        ({"validation_fraction": 1.0}, "validation_fraction = 1.0"),
        ({"learning_rate": -1.0}, "^learning_rate: .* got -1.0"),
    ],
)
def test_what_a_user_gives_wrong(tags, arguments, message):
    with pytest.raises(InputError, match=message):
        LabelGraphClassifier(**{**FAST, **arguments}).fit(*tags)


def test_few_positives_are_found_as_by_logistic_regression():
    ours, theirs = [], []
    for seed in range(4):
        weights = {"weights": [0.957], "n_informative": 6, "flip_y": 0.01}
        X, y = make_classification(1200, 20, **weights, random_state=seed)
        X, new, y, truth = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
        model = LabelGraphClassifier(head="linear", random_state=seed)
        plain = make_pipeline(StandardScaler(), LogisticRegression())
        ours.append(f1_score(truth, model.fit(X, y).predict(new)))
        theirs.append(f1_score(truth, plain.fit(X, y).predict(new)))
    assert np.mean(ours) > np.mean(theirs), (ours, theirs)


def test_a_graph_of_other_labels_is_refused(classes):
    with pytest.raises(InputError, match="graph and tasks do not match"):
        LabelGraphClassifier(**FAST, graph=GIVEN).fit(*classes)


def test_diverged_training_is_told(classes):
    X, y = classes
    with pytest.raises(InputError, match="every base model diverged"):
        LabelGraphClassifier(**{**FAST, "standardize": False}).fit(np.where(X > 0, 3e38, X), y)
