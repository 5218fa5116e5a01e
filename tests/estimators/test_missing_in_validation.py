"""Missing targets in scikit-learn's validations and searches, and probabilities of several tasks out of fold."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    brier_score_loss,
    f1_score,
    label_ranking_average_precision_score,
    r2_score,
    roc_auc_score,
)
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gcnlabel.errors import InputError
from gcnlabel.estimators import (
    LabelGraphClassifier,
    LabelGraphEstimator,
    LabelGraphRegressor,
    LabelKFold,
    MaskedScorer,
)
from gcnlabel.estimators.probabilities import Probabilities

X, COMPLETE = make_multilabel_classification(n_samples=120, n_features=6, n_classes=4, random_state=0)
Y = np.where(np.random.default_rng(0).uniform(size=COMPLETE.shape) < 0.2, np.nan, COMPLETE)
FAST = {"head": "linear", "hidden_layer_sizes": (8,), "dropout": 0.0, "max_iter": 3, "random_state": 0}
MODEL = LabelGraphClassifier(**FAST)
F1, AUC = MaskedScorer(f1_score), MaskedScorer(roc_auc_score, response_method="predict_proba")
TASKS = {
    "mood": {"type": "categorical", "classes": ["sad", "calm", "glad"]},
    "tags": {"type": "multilabel", "labels": ["tears", "smile"]},
    "affect": {"type": "dimensional", "dims": ["valence"]},
}
FRAME = pd.DataFrame(
    {
        "mood": np.where(X[:, 0] > np.median(X[:, 0]), "sad", "glad"),
        "tears": Y[:, 0],
        "smile": Y[:, 1],
        "valence": np.where(np.arange(120) % 5, X[:, 1] - 1.5, np.nan),
    }
)
FRAME.loc[::10, "mood"] = "calm"


@pytest.mark.parametrize(("cv", "make"), [(LabelKFold(2), pd.DataFrame), (KFold(2), pl.DataFrame)])
def test_missing_tags_in_every_container(cv, make):
    plain = cross_val_score(MODEL, X, Y, cv=cv, error_score="raise")
    assert (cross_val_score(MODEL, X, make(Y), cv=cv, error_score="raise") == plain).all()
    assert np.isfinite(plain).all()
    assert (cross_val_score(MODEL, X, make(Y), cv=cv, scoring=AUC, error_score="raise") > 0.3).all()


def test_a_number_of_folds_is_enough_for_objects():
    """scikit-learn looks for NaN in targets of floats alone."""
    assert np.isfinite(cross_val_score(MODEL, X, Y.astype(object), cv=3, error_score="raise")).all()


def test_search_by_masked_scores():
    grid = {"learning_rate": [0.003, 0.03]}
    search = GridSearchCV(MODEL, grid, cv=LabelKFold(2), scoring={"f1": F1, "auc": AUC}, refit="auc")
    search.set_params(error_score="raise").fit(X, Y)
    assert np.isfinite(search.cv_results_["mean_test_f1"]).all()
    assert search.best_score_ == search.cv_results_["mean_test_auc"].max()


def test_without_missing_targets_scores_are_scikit_learns():
    fitted = LabelGraphClassifier(**{**FAST, "max_iter": 10}).fit(X, COMPLETE)
    hard, soft = fitted.predict(X), fitted.predict_proba(X)
    assert F1(fitted, X, COMPLETE) == pytest.approx(f1_score(COMPLETE, hard, average="macro"))
    micro, ranks = (
        MaskedScorer(f1_score, average="micro"),
        MaskedScorer(label_ranking_average_precision_score, "predict_proba", "samples"),
    )
    assert micro(fitted, X, pd.DataFrame(COMPLETE)) == pytest.approx(f1_score(COMPLETE, hard, average="micro"))
    assert ranks(fitted, X, COMPLETE) == pytest.approx(label_ranking_average_precision_score(COMPLETE, soft))
    assert AUC(fitted, X, COMPLETE) == pytest.approx(roc_auc_score(COMPLETE, soft))


def test_missing_targets_are_left_out():
    fitted = LabelGraphClassifier(**{**FAST, "max_iter": 10}).fit(X, Y)
    seen, hard, soft = ~np.isnan(Y), fitted.predict(X), fitted.predict_proba(X)
    wanted = np.mean([f1_score(Y[s, c], hard[s, c]) for c, s in enumerate(seen.T)])
    assert F1(fitted, X, Y) == pytest.approx(wanted)
    strict = MaskedScorer(f1_score, options={"pos_label": 0})
    assert strict(fitted, X, Y) == pytest.approx(
        np.mean([f1_score(Y[s, c], hard[s, c], pos_label=0) for c, s in enumerate(seen.T)])
    )
    loss = MaskedScorer(brier_score_loss, "predict_proba", "micro", greater_is_better=False)
    assert loss(fitted, X, Y) == pytest.approx(-((Y[seen] - soft[seen]) ** 2).mean())
    never = Y.copy()
    never[:, 2] = 0  # no curve
    assert AUC(fitted, X, never) == pytest.approx(AUC(fitted, X, np.where([0, 0, 1, 0], np.nan, never)))
    with pytest.raises(InputError, match="all scores are undefined"):
        AUC(fitted, X, np.full_like(Y, 1))
    with pytest.raises(InputError, match=r"shape \[120, 3\]"):
        F1(fitted, X, Y[:, :3])


def test_masked_scores_of_dimensions_and_of_other_estimators():
    values = np.where(np.isnan(Y), np.nan, X[:, :4])
    model = LabelGraphRegressor(hidden_layer_sizes=(), max_iter=10, random_state=0).fit(X, values)
    assert MaskedScorer(r2_score)(model, X, values) == pytest.approx(model.score(X, values))
    logistic = LogisticRegression().fit(X, COMPLETE[:, 0])
    assert F1(logistic, X, COMPLETE[:, 0]) == f1_score(COMPLETE[:, 0], logistic.predict(X))


def test_folds_spread_rare_labels_and_keep_groups_together():
    y = np.zeros((60, 3))
    y[:6, 0], y[6:9, 1], y[::2, 2] = 1, 1, 1
    y[30:, 1] = np.nan
    folds = list(LabelKFold(3).split(y, y))
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(60))
    for train, test in folds:
        assert np.nansum(y[test], axis=0)[:2].tolist() == [2, 1]
        assert not set(train) & set(test)
    groups = np.repeat(np.arange(20), 3)
    for train, test in LabelKFold(3).split(y, pd.DataFrame(y), groups):
        assert not set(groups[train]) & set(groups[test])
    assert LabelKFold(7).get_n_splits() == 7
    for given in ([["a"], ["a", "b"]] * 30, ["u", "v"] * 30, FRAME[:60]):
        assert len(list(LabelKFold(2, random_state=1).split(y, given))) == 2
    assert len(list(LabelKFold(2, TASKS).split(X, FRAME))) == 2
    with pytest.raises(InputError, match="n_splits=1"):
        list(LabelKFold(1).split(y, y))


@pytest.mark.parametrize(("make", "tasks"), [(pd.DataFrame, TASKS), (pl.DataFrame, None)])
@pytest.mark.filterwarnings("ignore::gcnlabel.errors.GcnlabelWarning")
def test_probabilities_out_of_fold_are_those_of_each_fold(make, tasks):
    y, cv = make(FRAME.to_dict("list")), KFold(2)
    model = LabelGraphEstimator(tasks, **FAST)
    found = cross_val_predict(model, X, method="predict_proba", cv=cv, params={"targets": y})
    for train, test in cv.split(X):
        wanted = model.fit(X[train], FRAME.iloc[train]).predict_proba(X[test])
        for name in ("mood", "tags"):
            np.testing.assert_allclose(found[name][test], wanted[name])
    piped = make_pipeline(StandardScaler(with_mean=False, with_std=False), model)
    of_step = {"labelgraphestimator__targets": y}
    again = cross_val_predict(piped, X, method="predict_proba", cv=cv, params=of_step)
    np.testing.assert_allclose(again["tags"], found["tags"])
    assert cross_validate(model, X, y, cv=LabelKFold(2, TASKS), error_score="raise")["test_score"].shape == (2,)


def test_targets_that_would_become_ranks_are_refused():
    coded = np.column_stack([Y[:, 0] > 0, X[:, 0]])
    tasks = {"tags": {"type": "multilabel", "labels": ["a"]}, "v": {"type": "dimensional", "dims": ["v"]}}
    model = LabelGraphEstimator(tasks, **FAST)
    with pytest.raises(AttributeError, match="params={'targets': y}"):
        cross_val_predict(model, X, coded, method="predict_proba", cv=2)
    with pytest.raises(InputError, match="params={'targets': y}"):
        cross_val_predict(LabelGraphEstimator(**FAST), X, FRAME, method="predict_proba", cv=2)
    with pytest.raises(InputError, match="y and targets"):
        model.fit(X, coded, targets=coded)
    tags = LabelGraphEstimator({"tags": {"type": "multilabel", "labels": list("abcd")}}, **FAST)
    found = cross_val_predict(tags, X, COMPLETE, method="predict_proba", cv=2)  # codes of 0 and 1 are 0 and 1
    assert found["tags"].shape == (120, 4)


def test_probabilities_are_nothing_else_than_rows_of_tables():
    found = Probabilities(a=np.eye(2))
    assert found[1:]["a"].tolist() == [[0.0, 1.0]]
    with pytest.raises(TypeError):
        np.stack([found, found])


def test_ranks_of_missing_tags_are_recognised():
    y = np.where(np.arange(60).reshape(20, 3) % 4 == 0, np.nan, np.arange(60).reshape(20, 3) % 2)
    with pytest.raises(InputError, match=r"has 0, 1, 2(.|\n)*cross_val_predict, where NaN becomes 2"):
        cross_val_predict(
            LabelGraphClassifier(head="linear", max_iter=1), y[:, :1] > 2, y, method="predict_proba", cv=KFold(2)
        )
