"""Heads as arguments: names, options, compositions, and one grid over all of them."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.model_selection import GridSearchCV

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.estimators import LabelGraphClassifier
from gcnlabel.estimators.hyper_parameters import full_head
from gcnlabel.graph import LabelGraph

X, Y = make_multilabel_classification(n_samples=120, n_features=6, n_classes=4, random_state=0)
FAST = {"hidden_layer_sizes": (8,), "dropout": 0.0, "max_iter": 4, "random_state": 0}
COMPOSED = {"name": "cosine", "of": {"name": "residual", "of": {"name": "graph", "hidden_channels": [5]}}}
QUERIES = {"name": "label-query", "heads": 4}


@pytest.mark.filterwarnings("ignore::gcnlabel.errors.GcnlabelWarning")
def test_one_grid_over_heads_and_what_only_some_of_them_have():
    grid = {"head": ["linear", "graph", QUERIES, COMPOSED], "tau": [0.1, 0.3], "p": [0.2, 0.5]}
    search = GridSearchCV(LabelGraphClassifier(**FAST), grid, cv=2, error_score="raise").fit(X, Y)
    scores = search.cv_results_["mean_test_score"].reshape(4, -1)
    assert np.isfinite(scores).all()
    assert (scores[0] == scores[0, 0]).all()  # without a graph the arguments of a graph change nothing


@pytest.mark.parametrize("head", ["linear", "cosine", "default", QUERIES])
def test_what_a_head_ignores_is_said(head):
    plain = LabelGraphClassifier(**FAST, head=head).fit(X, Y)
    given = clone(plain).set_params(tau=0.2, p=0.4, convention="signed-weighted", hidden_channels=(3,))
    with pytest.warns(GcnlabelWarning, match="ignores convention, tau, p, hidden_channels"):
        assert (given.fit(X, Y).predict_proba(X) == plain.predict_proba(X)).all()
    if head != "default":
        with pytest.warns(GcnlabelWarning, match="ignores graph"):
            clone(plain).set_params(graph=LabelGraph.from_dense(np.ones((4, 4)), ["0", "1", "2", "3"])).fit(X, Y)


def test_compositions_are_arguments_as_any_other():
    model = LabelGraphClassifier(**FAST, head=COMPOSED, tau=0.1)
    assert model.get_params()["head"] is COMPOSED
    assert clone(model).get_params()["head"] == COMPOSED
    fitted = clone(model).fit(X, Y)
    assert fitted.config_.model.head.title == "cosine of residual of graph"
    assert [size for name, size in _sizes(fitted)] == [5]
    queries = fitted.set_params(head=QUERIES, tau=None).fit(X, Y)
    assert queries.config_.model.head.options["heads"] == 4
    assert queries.graph_ is None


@pytest.mark.parametrize(
    ("alias", "written"),
    [
        ("graph-cosine", {"name": "cosine", "of": {"name": "graph"}}),
        ("residual", {"name": "residual", "of": "graph"}),
        ("graph", {"name": "graph", "bias": True, "hidden_channels": [np.int64(7)]}),
    ],
)
def test_names_stand_for_compositions(alias, written):
    found = [
        LabelGraphClassifier(**FAST, head=head, hidden_channels=(7,)).fit(X, Y).predict_proba(X)
        for head in (alias, written)
    ]
    assert (found[0] == found[1]).all()


def test_heads_of_tasks_and_of_ensembles_are_filled_too():
    given = {
        "name": "per-task",
        "of": "linear",
        "tasks": {"a": "graph", "b": {"name": "ensemble", "of": {"x": "graph"}}},
    }
    graph = {"hidden_channels": [512], "bias": True, "name": "graph"}
    assert full_head(given, None) == {
        "name": "per-task",
        "of": {"name": "linear"},
        "tasks": {"a": graph, "b": {"name": "ensemble", "of": {"x": graph}}},
    }
    assert full_head({"name": "residual", "tasks": ["a"]}, (np.int64(2),)) == {
        "name": "residual",
        "tasks": ["a"],
        "of": {**graph, "hidden_channels": [2]},
    }


def _sizes(fitted):
    parts = fitted.config_.model.head.all()
    return [(part.name, size) for part in parts for size in part.options.get("hidden_channels", ())]


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        ("max_iter", 0, "max_iter: Input should be greater than 0"),
        ("learning_rate", -1, "learning_rate: "),
        ("batch_size", 2.5, "batch_size: "),
        ("dropout", 2, "dropout: "),
        ("head", "lineer", "head: unknown head 'lineer'"),
        ("tau", "much", "tau: "),
        ("hidden_layer_sizes", "64", "hidden_layer_sizes='64'\n"),
        ("hidden_channels", 2.5, "hidden_channels=2.5\n"),
    ],
)
def test_errors_name_the_argument(argument, value, said):
    with pytest.raises(InputError) as told:
        LabelGraphClassifier(**{**FAST, "head": "graph", argument: value}).fit(X, Y)
    assert str(told.value).startswith(said)


def test_one_size_is_that_of_one_layer():
    few = {**FAST, "max_iter": 1, "head": "graph"}
    found = LabelGraphClassifier(**{**few, "hidden_layer_sizes": np.int64(8)}, hidden_channels=5).fit(X, Y)
    listed = LabelGraphClassifier(**few, hidden_channels=(5,)).fit(X, Y)
    assert (found.predict_proba(X) == listed.predict_proba(X)).all()
