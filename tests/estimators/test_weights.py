"""Weights of samples and of classes: what they are equal to."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphClassifier, LabelGraphEstimator, LabelGraphRegressor, fitting
from gcnlabel.estimators.class_weights import of_classes, of_tasks
from gcnlabel.estimators.weights import copies
from gcnlabel.losses import make_loss
from gcnlabel.tasks import TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 5))
TAGS = (X[:, :3] + RNG.normal(size=(80, 3)) * 0.2 > [0.3, -0.5, 1.2]).astype(int)
FAST = {"max_iter": 8, "random_state": 0, "hidden_layer_sizes": (8,), "batch_size": 256}
MIXED = {
    "mood": {"type": "categorical", "classes": ["sad", "glad"]},
    "tags": {"type": "multilabel", "labels": ["a", "b", "c"]},
    "affect": {"type": "dimensional", "dims": ["v"]},
}
GRAPH = {"head": "graph-cosine", "tau": 0.1}


def mixed():
    y = np.column_stack([X[:, 0] > 0, TAGS, X[:, 1] + RNG.normal(size=80)]).astype(float)
    y[RNG.uniform(size=y.shape) < 0.2] = np.nan
    return y


MODELS = {
    "classes": (LabelGraphClassifier(**FAST), TAGS @ [1, 1, 1]),
    "balanced classes": (LabelGraphClassifier(**FAST, class_weight="balanced"), TAGS @ [1, 1, 1]),
    "tags": (LabelGraphClassifier(**FAST, **GRAPH), TAGS),
    "balanced tags": (LabelGraphClassifier(**FAST, class_weight="balanced"), TAGS),
    "dimensions": (LabelGraphRegressor(**{**FAST, **GRAPH}), X[:, :2] + X[:, 2:4]),
    "mixed": (LabelGraphEstimator(MIXED, **FAST, **GRAPH), mixed()),
}


def outputs(model):
    found = model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)
    return np.hstack([*found.values()]) if isinstance(found, dict) else found


@pytest.mark.parametrize("name", MODELS)
def test_a_weight_is_as_many_copies_and_0_is_none(name):
    """Also of what is held out and measured, in any order; the number of batches is equal since one holds all rows."""
    model, y = MODELS[name]
    rng = np.random.default_rng(1)
    weights, order = rng.integers(0, 4, 80), rng.permutation(80)
    weights[np.argmax(TAGS.sum(1))] = 1  # a class without any weight would still be one of classes_
    weighted = outputs(model.fit(X[order], y[order], sample_weight=weights[order]))
    repeated = outputs(model.fit(X.repeat(weights, 0), y.repeat(weights, 0)))
    np.testing.assert_array_equal(weighted, repeated)
    plain = outputs(model.fit(X, y))
    assert not np.allclose(plain, weighted)


def test_the_order_of_the_samples_does_not_matter():
    order = RNG.permutation(80)
    model = LabelGraphClassifier(**{**FAST, "batch_size": 16})
    np.testing.assert_array_equal(
        model.fit(X, TAGS).predict_proba(X), model.fit(X[order], TAGS[order]).predict_proba(X)
    )


def test_rows_that_stand_often_do_not_shorten_the_training(monkeypatch):
    """Four distinct rows among 400 are trained on for as many batches as 400 rows."""
    steps = []
    monkeypatch.setattr(fitting, "fit_trials", lambda config, trials, **bounds: steps.append(bounds))
    for rows in (X[:40].repeat(10, 0), np.vstack([X] * 5)):
        with pytest.raises(InputError, match="not finite"):  # as nothing was trained
            LabelGraphClassifier(max_iter=3, batch_size=10, head="linear", validation_fraction=0.1).fit(
                rows, rows[:, 0] > 0
            )
    assert steps == [{"min_steps": 3 * 36, "max_steps": 3 * 36}] * 2


def test_a_row_that_stands_very_often_leaves_no_other_out(monkeypatch):
    """As many copies are made as there are rows, however many that are: nothing is drawn."""
    trained = []
    monkeypatch.setattr(fitting, "fit_trials", lambda config, trials, **bounds: trained.append(trials[0].train))
    rows = np.vstack([X[:1].repeat(20_000, 0), X])
    with pytest.raises(InputError, match="not finite"):  # as nothing was trained
        LabelGraphClassifier(max_iter=1, validation_fraction=0, head="linear").fit(rows, rows[:, 0] > 0)
    part = trained[0].inputs
    assert len(part) == len(rows)
    assert len(np.unique(part, axis=0)) == len(X)


def test_weights_of_any_scale_are_the_same():
    weights = RNG.integers(1, 4, 80)
    model = LabelGraphClassifier(**FAST)
    found = [model.fit(X, TAGS, sample_weight=weights * scale).predict_proba(X) for scale in (1, 0.37, 12)]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_whole_weights_without_a_common_least_are_exact():
    assert copies(np.array([4.0, 6.0, 10.0]), 0).tolist() == [2, 3, 5]
    assert copies(np.array([4.0, 6.0, 10.0]), 0, most=9).tolist() == [2, 3, 5]  # 4 a sample are always made
    assert copies(np.array([4.0, 6.0, 1e9]), 0, most=9).sum() == 12


def test_class_weight_of_a_tag_is_repeated_samples():
    """Of one tag: where present weighs 3 and absent 2, each sample as often; as classes and as tags of a list."""
    y = TAGS[:, 0]
    plain = {**FAST, "validation_fraction": 0.0, "standardize": False, "dropout": 0.0, "head": "linear"}
    lists = [["a"] if there else [] for there in y]
    times = np.where(y, 3, 2)
    weighted = LabelGraphClassifier(**plain, class_weight={0: 2, 1: 3}).fit(X, lists)
    repeated = LabelGraphClassifier(**plain).fit(X.repeat(times, 0), [lists[i] for i in np.arange(80).repeat(times)])
    unweighted = LabelGraphClassifier(**plain).fit(X, lists)
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-5)
    assert np.abs(unweighted.predict_proba(X) - repeated.predict_proba(X)).max() > 1e-3
    classes = LabelGraphClassifier(**plain, class_weight={0: 2, 1: 3}).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(
        classes, LabelGraphClassifier(**plain).fit(X.repeat(times, 0), y.repeat(times)).predict_proba(X)
    )


def test_the_loss_is_the_weighted_one_by_hand():
    model = LabelGraphClassifier(**FAST, validation_fraction=0, class_weight=[{0: 1, 1: 4}, {}, {1: 0.5}]).fit(X, TAGS)
    task = next(iter(model.tasks_))
    given = model.config_.loss["labels"].class_weights
    assert given == {"0": [1, 4], "1": [1, 1], "2": [1, 0.5]}
    loss = make_loss(task, {"name": "bce", "class_weights": given})
    loss.fit(Annotations(model.tasks_, {"labels": TAGS}), "labels")
    scores = RNG.normal(size=TAGS.shape)
    q = 1 / (1 + np.exp(-scores))
    each = -np.where(TAGS, np.log(q), np.log(1 - q)) * np.where(TAGS, [4, 1, 0.5], 1)
    expected = each.sum() / np.where(TAGS, [4, 1, 0.5], 1).sum()
    assert loss(torch.tensor(scores), torch.tensor(TAGS)).item() == pytest.approx(expected, rel=1e-6)


def test_balanced_is_that_of_scikit_learn():
    target, weights = TAGS.astype(float), np.random.default_rng(0).integers(1, 4, 80)
    target[:7, 1] = np.nan
    tasks = TaskSet.from_dict({"t": {"type": "multilabel", "labels": ["a", "b", "c"]}})
    found = np.array([*of_tasks("balanced", Annotations(tasks, {"t": target}), np.ones(80))["t"].values()])
    for j in range(3):
        column = target[~np.isnan(target[:, j]), j]
        np.testing.assert_allclose(found[j], compute_class_weight("balanced", classes=np.array([0, 1]), y=column))
    repeated = of_tasks("balanced", Annotations(tasks, {"t": target.repeat(weights, 0)}), np.ones(weights.sum()))
    assert of_tasks("balanced", Annotations(tasks, {"t": target}), weights) == repeated
    classes = TAGS @ [1, 1, 1]
    expected = compute_class_weight("balanced", classes=np.unique(classes), y=classes)
    np.testing.assert_allclose(of_classes("balanced", np.unique(classes), np.bincount(classes)), expected)


def test_weights_of_several_tasks():
    y = mixed()
    every = LabelGraphEstimator(MIXED, **FAST, class_weight="balanced").fit(X, y)
    mood = y[~np.isnan(y[:, 0]), 0]
    found = every.config_.loss["mood"].class_weights
    assert [found["sad"], found["glad"]] == pytest.approx(len(mood) / (2 * np.bincount(mood.astype(int))))
    assert set(every.config_.loss["tags"].class_weights) == {"a", "b", "c"}
    assert not getattr(every.config_.loss["affect"], "class_weights", False)
    given = {"tags": {"c": {1: 9}}, "mood": {"glad": 2.0}}
    some = LabelGraphEstimator(MIXED, **FAST, class_weight=given).fit(X, y)
    assert some.config_.loss["tags"].class_weights == {"a": [1, 1], "b": [1, 1], "c": [1, 9]}
    assert some.config_.loss["mood"].class_weights == {"sad": 1, "glad": 2}
    alone = LabelGraphEstimator({"tags": MIXED["tags"]}, **FAST, class_weight={"tags": {"c": {1: 9}}}).fit(X, TAGS)
    classifier = LabelGraphClassifier(**FAST, class_weight=[{}, {}, {1: 9}]).fit(X, TAGS)
    np.testing.assert_allclose(alone.predict_proba(X)["tags"], classifier.predict_proba(X))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("often", "class_weight='often'"),
        ([{}], "a dict of task -> weights"),
        ({"affect": "balanced"}, "task 'affect'(.|\n)*tasks of classes or tags: mood, tags"),
        ({"tag": "balanced"}, "task 'tag'(.|\n)*did you mean 'tags'"),
        ({"mood": {"mad": 1}}, "'mad' is unknown"),
        ({"tags": {"c": 2}}, "'c' is unknown(.|\n)*0 for absent"),
    ],
)
def test_weights_of_several_tasks_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        LabelGraphEstimator(MIXED, **FAST, class_weight=given).fit(X, mixed())


def test_a_rare_tag_is_found_when_it_weighs_more():
    rare = pd.DataFrame(TAGS, columns=list("abc"))
    forms = ["balanced", {"c": {1: 12}}, [{}, {}, {0: 1, 1: 12}], {0: 1, 1: 12}]
    options = {"max_iter": 20, "random_state": 0, "head": "linear"}
    few = LabelGraphClassifier(**options).fit(X, rare).predict(X)
    for form in forms:
        many = LabelGraphClassifier(**options, class_weight=form).fit(X, rare).predict(X)
        assert many[:, 2].sum() > few[:, 2].sum()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("often", "class_weight='often'(.|\n)*'balanced'"),
        (3.0, "class_weight=3.0"),
        ([{0: 1, 1: 2}], "has 1 dicts(.|\n)*3, one per tag"),
        ({"a": {1: 2}, "x": {1: 2}}, "'x' is unknown"),
        ({"a": 5.0}, "class_weight of tag 'a': 'a' is unknown(.|\n)*0 for absent"),
        ({"a": {2: 5.0}}, "class_weight of tag 'a': 2 is unknown"),
        ({0: -1, 1: 2}, "tag 'a': weight -1 of class 0"),
        ({0: 1, 1: float("nan")}, "tag 'a': weight nan of class 1"),
        ({0: 0, 1: 0}, "all weights are 0"),
        ({"a": {0: 1}, "b": 3.0}, "class_weight"),
    ],
)
def test_class_weights_of_tags_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        LabelGraphClassifier(**FAST, class_weight=given).fit(X, pd.DataFrame(TAGS, columns=list("abc")))


@pytest.mark.parametrize(
    ("given", "message"),
    [("often", "'often'"), ({2: 1.0, 7: 3.0}, "7 is unknown"), ({0: "much"}, "weight 'much' of class 0")],
)
def test_class_weights_of_classes_that_cannot_be(given, message):
    with pytest.raises(InputError, match=message):
        LabelGraphClassifier(**FAST, class_weight=given).fit(X, TAGS @ [1, 1, 1])


def test_a_class_that_a_fold_lacks_may_be_weighed():
    LabelGraphClassifier(**FAST, class_weight={0: 1, 1: 2, "never": 3}).fit(X, TAGS[:, 0])
