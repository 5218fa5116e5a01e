import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from gcnlabel.errors import InputError
from gcnlabel.losses import (
    AsymmetricLoss,
    BinaryCrossEntropy,
    CCCLoss,
    CrossEntropy,
    FixedWeights,
    MSELoss,
    MultiTaskLoss,
    SchemeWeighting,
    UncertaintyWeighting,
    make_weighting,
)
from gcnlabel.losses.weighting import effective_weights

KINDS = {
    "classes": CrossEntropy(),
    "tags": BinaryCrossEntropy(),
    "rare": AsymmetricLoss(),
    "affect": CCCLoss(),
    "heat": MSELoss(),
}
EVEN = dict.fromkeys(KINDS, 1.0)


def double(value, *, grad=False):
    return torch.tensor(value, dtype=torch.float64, requires_grad=grad)


def weighting_at(**s):
    weighting = UncertaintyWeighting({name: KINDS[name] for name in s}).double()
    with torch.no_grad():
        for name, value in s.items():
            weighting.log_variances[name].fill_(value)
    return weighting


def batch(rows=6):
    scores = {"classes": torch.randn(rows, 3), "tags": torch.randn(rows, 2), "rare": torch.randn(rows, 2)}
    scores |= {"affect": torch.randn(rows, 2), "heat": torch.randn(rows, 1)}
    tags = {name: torch.randint(0, 2, (rows, 2)).float() for name in ("tags", "rare")}
    targets = {"classes": torch.randint(0, 3, (rows,)), **tags}
    targets |= {"affect": torch.randn(rows, 2), "heat": torch.randn(rows, 1)}
    return {name: score.requires_grad_() for name, score in scores.items()}, targets


def test_two_tasks_by_hand():
    """σ² = 4 for the squared error 3, σ² = 2 for the cross-entropy 0.5: 3 / 8 + log 2 + 0.5 / 2 + log(2) / 2."""
    total = weighting_at(heat=math.log(4), classes=math.log(2))({"heat": double(3.0), "classes": double(0.5)})
    assert total.item() == pytest.approx(3 / 8 + math.log(2) + 0.25 + math.log(2) / 2)


def test_the_gaussian_part_is_the_negative_log_likelihood():
    rng = np.random.default_rng(0)
    y, mean, variance = rng.normal(size=7), rng.normal(size=7), 0.3
    loss = double(((y - mean) ** 2).mean())
    expected = (0.5 * np.log(2 * np.pi * variance) + (y - mean) ** 2 / (2 * variance)).mean()
    found = weighting_at(heat=math.log(variance))({"heat": loss}).item()
    assert found + 0.5 * math.log(2 * math.pi) == pytest.approx(expected)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=8, deadline=None)
@given(loss=st.floats(1e-3, 1e3))
def test_the_best_log_variance_of_a_constant_loss(name, loss):
    def total(s):
        return weighting_at(**{name: s})({name: double(loss)}).item()

    best = math.log(loss) if name == "heat" else math.log(2 * loss)
    assert minimize_scalar(total, bounds=(best - 5, best + 4), method="bounded").x == pytest.approx(best, abs=1e-4)
    weighting = weighting_at(**{name: best})
    value = double(loss, grad=True)
    reached = weighting({name: value})
    assert effective_weights(reached, {name: value})[name].item() == pytest.approx(1 / (2 * loss))
    reached.backward()
    assert weighting.log_variances[name].grad.item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_gradients_by_finite_differences(name):
    weighting = weighting_at(**{name: 0.7})

    def total(s, loss):
        return torch.func.functional_call(weighting, {f"log_variances.{name}": s}, ({name: loss},))

    assert torch.autograd.gradcheck(total, (double(0.7, grad=True), double(1.3, grad=True)))


def test_descent_finds_the_best_log_variance():
    weighting = UncertaintyWeighting({"heat": MSELoss()})
    optimizer = torch.optim.SGD(weighting.parameters(), 0.5)
    for _ in range(200):
        optimizer.zero_grad()
        weighting({"heat": torch.tensor(0.2)}).backward()
        optimizer.step()
    assert weighting.log_variances["heat"].item() == pytest.approx(math.log(0.2), abs=1e-4)


def test_it_starts_as_fixed_weights_do():
    scores, targets = batch()
    fixed, parts = MultiTaskLoss(KINDS, EVEN)(scores, targets)
    learned, _ = MultiTaskLoss(KINDS, EVEN, UncertaintyWeighting(KINDS))(scores, targets)
    torch.testing.assert_close(learned, fixed - parts["heat"] / 2)
    weights = {**EVEN, "tags": 0.3, "heat": 2.0, "affect": 0.1}
    fixed, _ = MultiTaskLoss(KINDS, weights)(scores, targets)
    learned, _ = MultiTaskLoss(KINDS, weights, UncertaintyWeighting(KINDS))(scores, targets)
    torch.testing.assert_close(learned, fixed - parts["heat"])


def test_fixed_weights_are_the_sum_to_the_last_bit():
    scores, targets = batch()
    weights = {**EVEN, "tags": 0.3, "heat": 2.0}
    total, parts = MultiTaskLoss(KINDS, weights, FixedWeights())(scores, targets)
    expected = parts["classes"] * 0
    for name, part in parts.items():
        expected = expected + weights[name] * part
    assert torch.equal(total, expected)
    assert torch.equal(total, MultiTaskLoss(KINDS, weights)(scores, targets)[0])


def without(targets, *names):
    missing = {name: torch.full_like(targets[name], -1 if name == "classes" else math.nan) for name in names}
    return {**targets, **missing}


@pytest.mark.parametrize("name", KINDS)
def test_a_task_that_is_not_observed_adds_and_moves_nothing(name):
    scores, targets = batch()
    weighting = UncertaintyWeighting(KINDS)
    with torch.no_grad():
        for s in weighting.log_variances.values():
            s.fill_(-0.8)
    loss = MultiTaskLoss(KINDS, EVEN, weighting)
    total, parts = loss(scores, without(targets, name))
    kept = [loss.weighting._part(other, part) for other, part in parts.items() if other != name]
    torch.testing.assert_close(total, sum(kept))
    assert set(loss.changing_weights(total, parts)) == set(KINDS) - {name}
    total.backward()
    for other, s in weighting.log_variances.items():
        assert torch.isfinite(s.grad)
        assert (s.grad == 0) == (other == name)
    assert not scores[name].grad.any()
    assert all(torch.isfinite(score.grad).all() for score in scores.values())


@pytest.mark.parametrize("weighting", [UncertaintyWeighting(KINDS), SchemeWeighting(lambda losses: 1 / 0)])
def test_nothing_observed_at_all(weighting):
    scores, targets = batch(1)
    loss = MultiTaskLoss(KINDS, weighting=weighting)
    total, parts = loss(scores, without(targets, *KINDS))
    total.backward()
    assert total.item() == 0
    assert not any(score.grad.any() for score in scores.values())
    assert loss.changing_weights(total, parts) == {}


def test_a_weight_of_zero_leaves_a_task_out():
    scores, targets = batch()
    loss = MultiTaskLoss(KINDS, {"affect": 0.0}, UncertaintyWeighting(KINDS))
    total, parts = loss(scores, targets)
    assert loss.changing_weights(total, parts)["affect"].item() == 0
    total.backward()
    assert loss.weighting.log_variances["affect"].grad.item() == 0
    assert not scores["affect"].grad.any()


def test_half_precision_scores_are_weighed_in_full_precision():
    scores, targets = batch()
    loss = MultiTaskLoss(KINDS, weighting=UncertaintyWeighting(KINDS))
    total, _ = loss({name: score.bfloat16() for name, score in scores.items()}, targets)
    assert total.dtype == torch.float32


def test_effective_weights_are_derivatives_of_the_total():
    losses = {"a": double(3.0, grad=True), "b": double(2.0, grad=True), "c": double(5.0, grad=True)}
    found = effective_weights(losses["a"] * losses["b"], losses)
    assert {name: weight.item() for name, weight in found.items()} == {"a": 2.0, "b": 3.0}


@pytest.mark.parametrize(
    ("name", "kind"), [("fixed", FixedWeights), ("uncertainty", UncertaintyWeighting), ("math:prod", SchemeWeighting)]
)
def test_weightings_by_name(name, kind):
    assert type(make_weighting(name, KINDS)) is kind


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "uncertanty",
            "unknown weighting 'uncertanty'\n  expected: fixed | torchjd | uncertainty | package.module:Attribute\n",
        ),
        ("uncertanty", "did you mean 'uncertainty'?"),
        ("my scheme", "expected: fixed | torchjd | uncertainty | package.module:Attribute"),
        ("..there:scheme", "cannot be imported"),
        ("gcnlabel:", "cannot be imported"),
    ],
)
def test_unknown_names(name, message):
    with pytest.raises(InputError) as error:
        make_weighting(name, KINDS)
    assert message in str(error.value)
