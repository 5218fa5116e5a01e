"""A class or tag that stands in one fold alone: a score where scikit-learn's classifiers have one, and the same one."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    label_ranking_average_precision_score,
    roc_auc_score,
)
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.preprocessing import MultiLabelBinarizer

from gcnlabel.errors import GcnlabelWarning
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, MaskedScorer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = np.where(X[:, 0] > 0, "a", "b").astype(object)
Y[:3] = "c"  # of the first fold alone
LISTS = [[name] if i % 3 else [name, "d"] for i, name in enumerate(Y)]
TEST, TRAIN = np.arange(20), np.arange(20, 60)
FAST = {"head": "linear", "hidden_layer_sizes": (8,), "max_iter": 8, "random_state": 0}
IN_TURN = KFold(3)
SAID = "1 label.* without training samples count as never predicted: c"


@pytest.mark.parametrize("scoring", [None, "accuracy", "f1_macro", "f1_weighted"])
def test_classes_have_scores_where_scikit_learns_have(scoring):
    for model in (LabelGraphClassifier(**FAST), LogisticRegression()):
        scores = cross_val_score(model, X, Y, cv=IN_TURN, scoring=scoring, error_score="raise")
        assert ((scores > 0) & (scores <= 1)).all()
    fitted = LabelGraphClassifier(**FAST).fit(X[TRAIN], Y[TRAIN])
    assert fitted.score(X[TEST], Y[TEST]) == accuracy_score(Y[TEST], fitted.predict(X[TEST])) < 1


def test_probabilities_of_a_class_that_a_fold_lacks_are_0_as_of_scikit_learn():
    for model in (LabelGraphClassifier(**FAST), LogisticRegression()):
        with pytest.warns(RuntimeWarning, match=r"Number of classes in training fold \(2\)"):
            found = cross_val_predict(model, X, Y, cv=IN_TURN, method="predict_proba")
        assert (found[TEST, 2] == 0).all()
        assert (found[TRAIN, 2] > 0).all()


def test_tags_in_columns_have_scores():
    """Of a column that is constant in a fold scikit-learn's classifiers have none but the forest's."""
    table = MultiLabelBinarizer().fit_transform(LISTS)
    with pytest.warns(match="1 label.* never occur in the training data: 2"):
        scores = cross_val_score(LabelGraphClassifier(**FAST), X, table, cv=IN_TURN, error_score="raise")
    assert np.isfinite(scores).all()
    with pytest.raises(ValueError, match="at least 2 classes"):
        MultiOutputClassifier(LogisticRegression()).fit(X[TRAIN], table[TRAIN])


def test_listed_tags_have_the_scores_of_a_table_of_all_of_them():
    with pytest.warns(GcnlabelWarning, match=SAID):
        scores = cross_val_score(LabelGraphClassifier(**FAST), X, LISTS, cv=IN_TURN, error_score="raise")
    listed = [LISTS[i] for i in TRAIN]
    fitted = LabelGraphClassifier(**FAST).fit(X[TRAIN], listed)
    binarizer = MultiLabelBinarizer(classes=[*fitted.classes_, "c"])
    truth = binarizer.fit_transform([LISTS[i] for i in TEST])
    hard, soft = (np.pad(f(X[TEST]), ((0, 0), (0, 1))) for f in (fitted.predict, fitted.predict_proba))
    assert scores[0] == accuracy_score(truth, hard) > 0
    lrap = label_ranking_average_precision_score
    wanted = [
        (MaskedScorer(f1_score), f1_score(truth, hard, average="macro")),
        (MaskedScorer(f1_score, average="micro"), f1_score(truth, hard, average="micro")),
        (MaskedScorer(lrap, "predict_proba", "samples"), lrap(truth, soft)),
        (MaskedScorer(roc_auc_score, "predict_proba"), roc_auc_score(truth, soft, average="macro")),
    ]
    for scorer, value in wanted:
        with pytest.warns(GcnlabelWarning, match=SAID):
            assert scorer(fitted, X[TEST], [LISTS[i] for i in TEST]) == pytest.approx(value)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
@pytest.mark.filterwarnings("ignore:tasks inferred")
def test_classes_of_a_frame_whose_tasks_are_found(make):
    frame = make({"mood": list(Y)})
    with pytest.warns(GcnlabelWarning, match=SAID):
        scores = cross_val_score(LabelGraphEstimator(**FAST), X, frame, cv=IN_TURN, error_score="raise")
    fitted = LabelGraphEstimator(**FAST).fit(X[TRAIN], frame[20:])
    predicted = list(fitted.predict(X[TEST])["mood"])
    assert scores[0] == pytest.approx(f1_score(list(Y[:20]), predicted, average="macro"))
    assert (scores > 0.2).all()


@pytest.mark.filterwarnings("ignore:tasks inferred")
def test_listed_tags_and_numbered_classes_of_a_frame():
    frame = pd.DataFrame({"tags": LISTS, "kind": pd.Categorical(np.where(Y == "c", 7, 2 + np.arange(60) % 2))})
    with pytest.warns(GcnlabelWarning, match="2 label.* without training samples .*: 7, c"):
        scores = cross_val_score(LabelGraphEstimator(**FAST), X, frame, cv=IN_TURN, error_score="raise")
    assert np.isfinite(scores).all()
    fitted = LabelGraphEstimator(**FAST).fit(X[TRAIN], frame[20:])
    names = [*fitted.tasks_["tags"].labels, "c"]
    truth = MultiLabelBinarizer(classes=names).fit_transform(LISTS[:20])
    tags = np.pad(fitted.predict_proba(X[TEST])["tags"], ((0, 0), (0, 1)), constant_values=-1)
    kinds = list(fitted.predict(X[TEST])["kind"])
    lrap = label_ranking_average_precision_score(truth, tags)
    assert scores[0] == pytest.approx((lrap + f1_score(list(frame["kind"][:20]), kinds, average="macro")) / 2)


@pytest.mark.filterwarnings("ignore::gcnlabel.errors.GcnlabelWarning")
def test_a_search_goes_on():
    grid = {"learning_rate": [0.003, 0.03]}
    for model, y in ((LabelGraphClassifier(**FAST), LISTS), (LabelGraphEstimator(**FAST), pd.DataFrame({"mood": Y}))):
        search = GridSearchCV(model, grid, cv=IN_TURN, error_score="raise").fit(X, y)
        assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_declared_labels_are_no_others():
    tasks = {"mood": {"type": "categorical", "classes": ["a", "b"]}}
    model = LabelGraphEstimator(tasks, **FAST).fit(X[TRAIN], pd.DataFrame({"mood": Y})[20:])
    with pytest.raises(ValueError, match="unknown class 'c'"):
        model.score(X, pd.DataFrame({"mood": Y}))
