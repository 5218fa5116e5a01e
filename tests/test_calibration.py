"""The scale of dimensions after training, against NumPy and by what must hold for any predictions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gcnlabel.annotations import Annotations
from gcnlabel.calibration import calibrated, correction
from gcnlabel.ccc import ccc
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import CosineHead, LabelGraphHead, LinearHead, MultiTaskModel, ResidualHead, mlp
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet
from gcnlabel.units import Units

METHODS = ("moments", "regression")
FILM, TAGS = Dimensional("film", ["year", "rating"]), MultiLabel("tags", ["a", "b"])
MOOD = Dimensional("mood", ["valence"], range=(-1, 1))
TASKS = TaskSet([FILM, TAGS, MOOD])


@st.composite
def pairs(draw):
    """Predictions and targets of any scale and correlation, some not annotated."""
    size = draw(st.integers(2, 60))
    unit = arrays(np.float64, size, elements=st.floats(-1, 1, width=32))
    cause, noise = draw(unit), draw(unit)
    scale = st.sampled_from([1e-6, 1e-3, 0.2, 1.0, 30.0, 1e6])
    part = draw(st.sampled_from([-1.0, -0.3, 0.0, 0.2, 0.9, 1.0]))
    x = draw(st.sampled_from([-5.0, 0.0, 1988.0])) + draw(scale) * cause
    y = draw(st.sampled_from([0.0, -40.0, 1988.0])) + draw(scale) * (part * cause + (1 - abs(part)) * noise)
    return x, np.where(draw(arrays(bool, size, elements=st.booleans())), np.nan, y)


def ccc_of(x, y):
    return float(ccc(torch.from_numpy(x)[:, None], torch.from_numpy(y)[:, None]))


@settings(max_examples=100, deadline=None)
@given(pairs())
def test_by_moments_predictions_have_those_of_the_annotated_targets(pair):
    x, y = pair
    found, seen = correction(x, y, "moments"), ~np.isnan(y)
    after = found.slope * x + found.offset
    tolerance = 1e-9 * max(1, np.abs(x).max(), np.nanmax(np.abs(y), initial=0))
    assert ccc_of(after, y) >= ccc_of(x, y) - 1e-7
    assert found.slope > 0  # ranks stay
    if not found.why:
        r = np.corrcoef(x[seen], y[seen])[0, 1]
        assert after[seen].mean() == pytest.approx(y[seen].mean(), abs=1e4 * tolerance)
        assert after[seen].std() == pytest.approx(y[seen].std(), rel=1e-6)
        assert ccc_of(after, y) == pytest.approx(r, abs=1e-6)
        assert r > -1e-9


@settings(max_examples=100, deadline=None)
@given(pairs(), st.floats(-1, 1), st.floats(-1, 1))
def test_by_regression_no_line_has_a_smaller_error(pair, slope, offset):
    x, y = pair
    found, seen = correction(x, y, "regression"), ~np.isnan(y)
    if found.why:
        return
    x, y = x[seen], y[seen]

    def error(a, b):
        return np.mean((a * x + b - y) ** 2)

    least, scale = error(found.slope, found.offset), y.std() / x.std()
    assert least <= error(1, 0) + 1e-9 * y.var()
    assert least <= y.var() * (1 + 1e-9)  # of the mean as a prediction
    moved = found.slope + slope * scale
    assert least <= error(moved, y.mean() - moved * x.mean() + offset * y.std()) + 1e-9 * y.var()
    centred = np.polyfit((x - x.mean()) / x.std(), (y - y.mean()) / y.std(), 1)
    assert found.slope == pytest.approx(centred[0] * scale, rel=1e-6, abs=1e-9 * scale)


def test_regression_says_what_least_squares_says_below_0_too():
    x, y = np.arange(4.0), -2 * np.arange(4.0) + 1
    assert correction(x, y, "regression").slope == pytest.approx(-2)
    assert correction(x, y, "moments").why == "unchanged, predictions and targets are negatively correlated"


@pytest.mark.parametrize("by", METHODS)
@pytest.mark.parametrize(
    ("x", "y", "moved", "why"),
    [
        ([1.0, 2.0], [np.nan, np.nan], 0, "unchanged, annotated samples: 0"),
        ([1.0, 2.0], [5.0, np.nan], 0, "unchanged, annotated samples: 1"),
        ([1.0, np.inf], [5.0, 6.0], 0, "unchanged, predictions are not finite"),
        ([2.0, 2.0, 9.0], [5.0, 6.0, np.nan], 3.5, "only the mean, predictions are constant"),
        ([2.0, 2.0 + 1e-7], [5.0, 6.0], 3.5, "only the mean, predictions are constant"),
        ([0.0, 1e-9], [5.0, 6.0], 5.5, "only the mean, predictions are constant"),
        ([2.0, 4.0], [0.1, 0.1], -2.9, "only the mean, targets are constant"),
    ],
)
def test_what_leaves_the_slope_open(x, y, moved, why, by):
    found = correction(np.array(x), np.array(y), by)
    assert (found.slope, found.why) == (1, why)
    assert found.offset == pytest.approx(moved, abs=1e-6)


def drawn(samples=300, seed=0):
    """Scores in standard units of a wrong scale, and targets in the user's; every third rating is missing."""
    rng = np.random.default_rng(seed)
    cause = rng.normal(size=(samples, 3))
    targets = 0.8 * cause + 0.6 * rng.normal(size=(samples, 3))
    year, rating, mood = targets.T * [[15.0], [0.5], [0.6]] + [[1988.0], [3.0], [0.1]]
    rating[::3] = np.nan
    tags = rng.integers(0, 2, (samples, 2)).astype(float)
    truth = {"film": np.column_stack([year, rating]), "tags": tags, "mood": np.clip(mood, -1, 1)[:, None]}
    film = 0.07 * cause[:, :2] + [2.0, -1.0]
    scores = {"film": film, "tags": rng.normal(size=(samples, 2)), "mood": 9 * cause[:, 2:]}
    return {name: torch.from_numpy(value).float() for name, value in scores.items()}, truth


@pytest.mark.parametrize("by", METHODS)
def test_each_dimension_is_brought_to_its_own_scale_and_tags_stay(by):
    scores, truth = drawn()
    units = Units.fit(Annotations(TASKS, truth))
    before = units.state_dict()
    found, said = calibrated(units, scores, truth, {"film": by, "mood": by})
    values = found.train()(scores)  # not bounded
    for name, dim in (("film", 0), ("film", 1), ("mood", 0)):
        y = truth[name][:, dim]
        x, y = values[name][:, dim].double().numpy()[~np.isnan(y)], y[~np.isnan(y)]
        sd = y.std() * (1 if by == "moments" else np.corrcoef(x, y)[0, 1])
        np.testing.assert_allclose([x.mean(), x.std()], [y.mean(), sd], rtol=1e-4, atol=1e-4)
        if by == "regression":
            assert np.mean((x - y) * (x - x.mean())) == pytest.approx(0, abs=1e-3 * y.var())
    assert torch.equal(values["tags"], scores["tags"])
    assert found.eval()(scores)["mood"].abs().max() == 1  # the range bounds what is calibrated
    assert all(torch.equal(value, before[name]) for name, value in units.state_dict().items())
    assert said.startswith(f"calibrated: film by {by} (year: slope ")
    again, _ = calibrated(found, scores, truth, {"film": by, "mood": by})
    torch.testing.assert_close(again.state_dict(), found.state_dict(), rtol=1e-4, atol=1e-4)  # once is enough


def test_a_task_that_is_not_named_stays_as_it_is():
    scores, truth = drawn()
    units = Units.fit(Annotations(TASKS, truth))
    found, said = calibrated(units, scores, truth, {"mood": "moments"})
    assert torch.equal(found.mean[:2], units.mean[:2])
    assert torch.equal(found.sd[:2], units.sd[:2])
    assert "film" not in said


def test_what_is_not_annotated_does_not_count_whatever_is_predicted_there():
    scores, truth = drawn()
    units = Units.fit(Annotations(TASKS, truth))
    moved = {**scores, "film": scores["film"].clone()}
    moved["film"][::3, 1] = 1e6
    one, other = (calibrated(units, of, truth, {"film": "moments"})[0] for of in (scores, moved))
    assert torch.equal(one.sd, other.sd)
    assert torch.equal(one.mean, other.mean)


def graph():
    return LabelGraph.from_dense(np.full((5, 5), 0.2), TASKS, x=torch.eye(5))


@pytest.mark.parametrize(
    "head",
    [
        lambda: LinearHead(TASKS, 6, bias=False),
        lambda: LabelGraphHead(graph(), TASKS, 6),
        lambda: ResidualHead(LabelGraphHead(graph(), TASKS, 6)),
        lambda: CosineHead(LinearHead(TASKS, 6)),
    ],
)
def test_folding_keeps_the_calibration(head):
    torch.manual_seed(0)
    _, truth = drawn(40)
    model, x = (
        MultiTaskModel(mlp(4, hidden=(6,)), head(), Units.fit(Annotations(TASKS, truth))).eval(),
        torch.randn(40, 4),
    )
    with torch.no_grad():
        plain, scores = model(x), model.standard_scores(x)
        model.units, _ = calibrated(model.units, scores, truth, {"film": "regression", "mood": "regression"})
        values, folded = model(x), model.fuse()(x)
    assert not torch.allclose(values["film"], plain["film"], atol=0.1)
    for name, value in values.items():
        torch.testing.assert_close(folded[name], value, rtol=1e-4, atol=1e-3)


def test_learning_goes_on_from_a_calibrated_model_in_its_own_units():
    """What the head learns is then the corrected scale: targets and predictions are standardised alike."""
    scores, truth = drawn()
    units, _ = calibrated(Units.fit(Annotations(TASKS, truth)), scores, truth, {"film": "moments", "mood": "moments"})
    back = units.train().standardized(units.train()(scores))
    torch.testing.assert_close(back["film"], scores["film"], rtol=1e-3, atol=1e-3)
