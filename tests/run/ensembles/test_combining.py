"""Weights of base models against independent references, and what they do where the evidence is thin."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from gcnlabel.run.ensembles.combination import Evidence
from gcnlabel.run.ensembles.combining import combine
from gcnlabel.run.ensembles.ridge import PENALTIES, loo_ridge
from gcnlabel.run.ensembles.selection import DOUBT, greedy, shrunk
from gcnlabel.run.ensembles.words import described
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ["a", "b"]), Dimensional("affect", ["v"]), Categorical("mood", ["x", "y"])])
METHODS = {"affect": "moments"}


def evidence(count, seed, few=None, noise=(0.2, 1.0, 3.0)):
    """Base models that know the truth but for noise, and the targets; ``few`` targets of the dimension."""
    rng = np.random.default_rng(seed)
    cause = rng.normal(size=(count, 3))
    targets = {
        "tags": torch.from_numpy((cause[:, :2] > 0).astype(np.float32)),
        "affect": torch.from_numpy((0.8 * cause[:, :1] + 0.6 * cause[:, 2:]).astype(np.float32)),
        "mood": torch.from_numpy((cause[:, 1] > 0).astype(np.int64)),
    }
    if few is not None:
        targets["affect"][few:] = torch.nan
    scores = {}
    for name, sd in zip(("good", "fair", "poor"), noise, strict=True):
        seen = cause + sd * rng.normal(size=cause.shape)
        made = {"tags": 2 * seen[:, :2], "affect": 5 + 0.1 * (0.8 * seen[:, :1] + 0.6 * seen[:, 2:])}
        made["mood"] = np.stack([-seen[:, 1], seen[:, 1]], 1)
        scores[name] = {task: torch.from_numpy(values.astype(np.float32)) for task, values in made.items()}
    return Evidence(scores, targets)


def ccc(x, y):
    return 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def test_the_ensemble_is_as_good_as_the_best_and_has_the_moments_of_the_targets():
    train, held, test = (evidence(600, seed) for seed in (0, 1, 2))
    found = combine(TASKS, METHODS, train, held)
    scores = {part: found.scores(TASKS, of.scores) for part, of in (("train", train), ("test", test))}
    x, y = scores["train"]["affect"][:, 0].numpy(), train.targets["affect"][:, 0].numpy()
    np.testing.assert_allclose([x.mean(), x.std()], [y.mean(), y.std()], rtol=1e-3, atol=1e-4)
    values = ccc(scores["test"]["affect"][:, 0].numpy(), test.targets["affect"][:, 0].numpy())
    assert values > 0.95
    loss = log_loss(test.targets["mood"].numpy(), scores["test"]["mood"].softmax(1)[:, 1].numpy())
    alone = [log_loss(test.targets["mood"].numpy(), of["mood"].softmax(1)[:, 1].numpy()) for of in test.scores.values()]
    assert loss < min(alone) + 0.02
    for task in TASKS:
        assert sum(found.weights[task.name].values()) == pytest.approx(1)
        assert max(found.weights[task.name], key=found.weights[task.name].get) in ("good", "stacking")


def test_weights_of_tags_are_those_of_a_search_by_hand():
    train, held = evidence(50, 0), evidence(80, 3)
    found = combine(TASKS, METHODS, train, held)
    each, y = [of["tags"].double().numpy() for of in held.scores.values()], held.targets["tags"].numpy()

    def loss(mean):
        return np.mean(np.logaddexp(0, mean) - y * mean)

    count = np.zeros(3)
    for taken in range(1, 11):
        count[
            np.argmin([loss(sum(w * s for w, s in zip((count + one) / taken, each, strict=True))) for one in np.eye(3)])
        ] += 1
    trust = 80 / (80 + DOUBT[True])
    np.testing.assert_allclose(list(found.weights["tags"].values()), trust * count / 10 + (1 - trust) / 3, atol=1e-6)
    assert found.values["tags"]["fair"] == pytest.approx(-loss(each[1]), rel=1e-5)


def test_tags_count_as_far_as_the_least_known_one_is_annotated():
    """A sample that lacks one tag is evidence about the others."""
    train, held = evidence(50, 0), evidence(80, 3)
    held.targets["tags"][:40, 0], held.targets["tags"][40:60, 1] = torch.nan, torch.nan
    found = combine(TASKS, METHODS, train, held)
    trust = 40 / (40 + DOUBT[True])  # 40 and 60 are annotated, 20 in both
    least = min(found.weights["tags"].values())
    assert any(least == pytest.approx((1 - trust) / 3 + trust * k / 10) for k in range(4))


def test_without_evidence_all_weigh_alike():
    train = evidence(40, 0, few=4)
    held = evidence(30, 1, few=0)
    held.targets["tags"][:] = torch.nan
    found = combine(TASKS, METHODS, train, held)
    assert set(found.weights["affect"].values()) == {0.25}  # three base models, and stacking
    np.testing.assert_allclose(list(found.weights["tags"].values()), 1 / 3, rtol=1e-6)


def test_left_out_targets_count_where_few_are_held_out():
    """A base model that only repeats its training targets is seen through."""
    train, held = evidence(60, 0, few=16), evidence(40, 1, few=2)
    honest = {name: {"affect": of["affect"].clone()} for name, of in train.scores.items()}
    cheat = train.targets["affect"].nan_to_num()
    train.scores["poor"]["affect"] = cheat
    plain, crossed = combine(TASKS, METHODS, train, held), combine(TASKS, METHODS, train, held, honest)
    assert crossed.weights["affect"]["poor"] < crossed.weights["affect"]["good"] + crossed.weights["affect"]["stacking"]
    assert plain.weights["affect"]["poor"] > 0.2
    assert crossed.weights["affect"]["poor"] < 0.2


def test_regression_has_the_least_squares_scale_and_none_keeps_it():
    train, held = evidence(300, 0), evidence(300, 1)
    found = combine(TASKS, {"affect": "regression"}, train, held)
    x, y = found.scores(TASKS, train.scores)["affect"][:, 0].numpy(), train.targets["affect"][:, 0].numpy()
    assert np.mean((x - y) * (x - x.mean())) == pytest.approx(0, abs=1e-3)
    free = combine(
        TaskSet([TASKS["affect"]]), {}, *(Evidence(of.scores, {"affect": of.targets["affect"]}) for of in (train, held))
    )
    assert float(free.mix.sum()) == pytest.approx(1, abs=1e-5)
    assert free.stacked.shape == (1, 0)


def test_dimensions_that_nobody_annotated():
    train, held = evidence(30, 0, few=0), evidence(30, 1, few=0)
    found = combine(TASKS, METHODS, train, held)
    assert all(values.isfinite().all() for values in (found.mix, found.stacked, found.offset))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0, 1))
def test_weights_are_a_mean(values, trust):
    found = shrunk(greedy(lambda weights: float(weights @ np.array(values)), len(values)), trust)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


@pytest.mark.parametrize(("samples", "columns", "seed"), [(12, 3, 0), (6, 9, 1), (40, 2, 2)])
def test_left_out_predictions_are_scikit_learns(samples, columns, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, columns))
    y = x @ rng.normal(size=columns) + rng.normal(size=samples)
    errors = {}
    for penalty in PENALTIES:
        predicted = cross_val_predict(Ridge(penalty), x, y, cv=LeaveOneOut())
        errors[penalty] = (((predicted - y) ** 2).mean(), predicted)
    best = min(errors, key=lambda penalty: errors[penalty][0])
    found = loo_ridge(np.vstack([x, np.ones((1, columns))]), np.append(y, np.nan))
    np.testing.assert_allclose(found.left_out[:-1], errors[best][1], rtol=1e-6)
    np.testing.assert_allclose(x @ found.weights + found.constant, Ridge(best).fit(x, y).predict(x), rtol=1e-6)


def test_words():
    train, held = evidence(50, 0), evidence(50, 1)
    found = combine(TASKS, METHODS, train, held)
    lines = list(described(TASKS, found, METHODS))
    assert [line.partition(" = ")[0] for line in lines] == list(TASKS.names)
    assert "held-out CCC" in lines[1]
    assert "held-out loss" in lines[2]
    assert f"alone: good {-found.values['mood']['good']:.3f}" in lines[2]
