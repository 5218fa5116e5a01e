"""Dimensions are learned in standard units and predicted in the user's."""

import copy
import warnings

import numpy as np
import pytest
import torch
from torch.func import functional_call, stack_module_state, vmap

from gcnlabel.annotations import Annotations
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.metrics import TaskMetrics
from gcnlabel.nn import CosineHead, LabelGraphHead, LinearHead, MultiTaskModel, mlp
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.units import Units

TAGS, FILM = MultiLabel("tags", ["a", "b"]), Dimensional("film", ["year", "rating"], range=(0, 2100))
MOOD = Dimensional("mood", ["valence"])
TASKS = TaskSet([FILM, TAGS, MOOD])
RNG = np.random.default_rng(0)
YEARS = np.column_stack([RNG.normal(1988, 15, 40), RNG.normal(3, 0.5, 40)])
YEARS[::3, 1] = np.nan
TARGETS = {"film": YEARS, "tags": RNG.integers(0, 2, (40, 2)).astype(float), "mood": RNG.normal(0, 0.3, (40, 1))}


def fitted():
    return Units.fit(Annotations(TASKS, TARGETS))


def test_moments_are_those_of_what_is_annotated():
    units = fitted()
    seen = ~np.isnan(YEARS[:, 1])
    mean = [YEARS[:, 0].mean(), YEARS[seen, 1].mean(), TARGETS["mood"].mean()]
    sd = [YEARS[:, 0].std(), YEARS[seen, 1].std(), TARGETS["mood"].std()]
    np.testing.assert_allclose(units.mean, mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(units.sd, sd, rtol=1e-5)


def test_scores_go_there_and_back_and_tags_stay():
    units, scores = fitted(), {name: torch.randn(5, len(TASKS[name])) for name in TASKS.names}
    values = units(scores)
    assert torch.equal(values["tags"], scores["tags"])
    for name, back in units.standardized(values).items():
        torch.testing.assert_close(back, scores[name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("values", [[3.0, 3.0, 3.0], [0.1, 0.1, 0.1], [np.nan, np.nan, np.nan], [1e9, 1e9, 1e9]])
def test_what_does_not_vary_has_deviation_1(values):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        units = Units.fit(Annotations(TaskSet([MOOD]), {"mood": np.array(values)[:, None]}))
    assert units.sd.item() == 1.0
    assert units.mean.item() == pytest.approx(np.nan_to_num(values[0]))


def test_values_that_single_precision_hardly_tells_apart_are_named():
    with pytest.warns(GcnlabelWarning, match="'valence': mean 1e.09, deviation .*subtract a constant"):
        Units.fit(Annotations(TaskSet([MOOD]), {"mood": np.array([[1e9], [1e9 + 2000]])}))


def test_a_declared_range_bounds_predictions_and_not_what_is_trained():
    units = Units(TASKS, mean=[2000.0, 50.0, 0.0], sd=[100.0, 30.0, 1.0])
    scores = {"film": torch.tensor([[5.0, -5.0]], requires_grad=True), "mood": torch.tensor([[99.0]])}
    assert units.train()(scores)["film"].tolist() == [[2500.0, -100.0]]
    found = units.eval()(scores)
    assert found["film"].tolist() == [[2100.0, 0.0]]
    assert found["mood"].item() == 99.0  # no range is declared


@pytest.mark.parametrize("loss", ["ccc", "mse"])
@pytest.mark.parametrize("shift", [(0.0, 1.0), (1988.0, 15.0), (-3e4, 2e3), (0.01, 1e-4)])
def test_learning_does_not_depend_on_the_unit(loss, shift):
    """A hundred steps on values moved and stretched give the moved and stretched predictions."""
    task, x = TaskSet([MOOD]), torch.randn(64, 3, generator=torch.Generator().manual_seed(0)).double()
    y = np.tanh(x[:, :1].numpy()) + 0.1 * RNG.normal(size=(64, 1))

    def predictions(target):
        torch.manual_seed(0)
        units = Units.fit(Annotations(task, {"mood": target}))
        model = MultiTaskModel(mlp(3, hidden=(8,), dropout=0.0), LinearHead(task, 8), units).double()
        total = MultiTaskLoss({"mood": make_loss(MOOD, loss)}, units=units).double()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        for _ in range(100):
            optimizer.zero_grad()
            total(model(x), {"mood": torch.from_numpy(target)})[0].backward()
            optimizer.step()
        return model.eval()(x)["mood"].detach().numpy()

    torch.set_default_dtype(torch.float64)
    try:
        plain, moved = predictions(y), predictions(shift[0] + shift[1] * y)
    finally:
        torch.set_default_dtype(torch.float32)
    np.testing.assert_allclose(moved, shift[0] + shift[1] * plain, rtol=1e-6, atol=1e-6 * shift[1])
    assert np.corrcoef(plain[:, 0], y[:, 0])[0, 1] > 0.9


def test_folded_vectors_give_values_in_the_users_units():
    units = fitted()
    model = MultiTaskModel(mlp(4, hidden=(6,)), LinearHead(TASKS, 6, bias=False), units).eval()
    folded, x = model.fuse(), torch.randn(7, 4)
    plain = folded.backbone(x) @ folded.head.vectors.T + folded.head.bias  # as a reader of an exported file does
    expected = torch.cat(list(model(x).values()), 1)
    torch.testing.assert_close(torch.cat(list(folded(x).values()), 1), expected, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(plain, expected, rtol=1e-5, atol=1e-4)
    assert torch.equal(model.units.mean, units.mean)  # the model itself is left as it was


def test_a_folded_cosine_head_keeps_its_units():
    model = MultiTaskModel(mlp(4, hidden=(6,)), CosineHead(LinearHead(TASKS, 6)), fitted()).eval()
    x = torch.randn(7, 4)
    for name, values in model.fuse()(x).items():
        torch.testing.assert_close(values, model(x)[name])


def test_a_checkpoint_carries_the_units_and_one_without_has_none():
    model = MultiTaskModel(mlp(4, hidden=(6,)), LinearHead(TASKS, 6), fitted())
    again = MultiTaskModel(mlp(4, hidden=(6,)), LinearHead(TASKS, 6))
    again.load_state_dict(model.state_dict())
    assert torch.equal(again.units.sd, model.units.sd)
    old = {name: value for name, value in model.state_dict().items() if not name.startswith("units.")}
    model.load_state_dict(old)
    assert (model.units.mean.tolist(), model.units.sd.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_classes_and_tags_alone_add_nothing_to_a_checkpoint():
    tasks = TaskSet([TAGS, Categorical("face", ["sad", "glad"])])
    units = Units.fit(Annotations(tasks, {"tags": np.zeros((2, 2)), "face": np.array([0, 1])}))
    assert not units.state_dict()
    scores = {"tags": torch.randn(2, 2), "face": torch.randn(2, 2)}
    assert all(torch.equal(value, scores[name]) for name, value in units(scores).items())


def test_units_follow_the_names_of_dimensions_into_a_larger_graph():
    more = TaskSet([Dimensional("mood", ["arousal", "valence"]), TAGS, Dimensional("film", ["rating", "year"])])
    units, larger = fitted(), fitted().of_tasks(more)
    assert larger.mean.tolist() == [0.0, *units.mean[[2, 1, 0]].tolist()]
    assert larger.sd.tolist() == [1.0, *units.sd[[2, 1, 0]].tolist()]


def test_an_extended_model_predicts_known_dimensions_as_before():
    tasks = TaskSet([TAGS, MOOD])
    graph = LabelGraph.from_dense(np.eye(3), tasks, x=torch.randn(3, 4))
    units = Units(tasks, mean=[5.0], sd=[2.0])
    model = MultiTaskModel(mlp(3, hidden=(4,)), LabelGraphHead(graph, tasks, 4), units).eval()
    more = TaskSet([MultiLabel("tags", ["a", "b", "c"]), MOOD])
    larger = LabelGraph.from_dense(np.eye(4), more, x=torch.cat([graph.x[:2], torch.randn(1, 4), graph.x[2:]]))
    x = torch.randn(5, 3)
    torch.testing.assert_close(model.extend(larger)(x)["mood"], model(x)["mood"])


def test_many_models_side_by_side_have_units_of_their_own():
    models = [MultiTaskModel(mlp(4, hidden=(6,)), LinearHead(TASKS, 6), fitted()).eval() for _ in range(3)]
    for m, model in enumerate(models):
        model.units.mean += m
    state, x = stack_module_state(models), torch.randn(5, 4)
    base = copy.deepcopy(models[0])
    found = vmap(lambda p, b: functional_call(base, (p, b), (x,)))(*state)
    for m, model in enumerate(models):
        torch.testing.assert_close(found["mood"][m], model(x)["mood"])


@pytest.mark.parametrize("bad", [-1.0, 2.0, 1.5, float("inf")])
def test_tags_other_than_0_and_1_are_refused(bad):
    loss = MultiTaskLoss({"tags": make_loss(TAGS)})
    with pytest.raises(InputError, match=r"task 'tags' hold .*\n.*0, 1 or a probability"):
        loss({"tags": torch.zeros(2, 2)}, {"tags": torch.tensor([[1.0, 0.0], [bad, torch.nan]])})
    loss({"tags": torch.zeros(2, 2)}, {"tags": torch.tensor([[1.0, 0.0], [0.5, torch.nan]])})


def test_targets_of_another_shape_or_meaning_are_refused():
    classes = Categorical("face", ["sad", "glad"])
    losses = MultiTaskLoss({"face": make_loss(classes), "mood": make_loss(MOOD, "mse")})
    scores = {"face": torch.zeros(3, 2), "mood": torch.zeros(3, 1)}
    good = {"face": torch.tensor([0, -1, 1]), "mood": torch.zeros(3, 1)}
    losses(scores, good)
    for name, target, message in (
        ("mood", torch.zeros(3), r"task 'mood' of shape \[3\]\n.*\[3, 1\]"),  # would be broadcast to [3, 3]
        ("face", torch.zeros(3, 3), r"task 'face' of shape \[3, 3\]\n.*\[3\]"),
        ("face", torch.tensor([0, 1, 2]), "hold 2\n.*index of a class"),
        ("face", torch.tensor([0, 1, -100]), "hold -100"),
        ("mood", torch.full((3, 1), torch.inf), "hold inf"),
    ):
        with pytest.raises(InputError, match=message):
            losses(scores, {**good, name: target})
    with pytest.raises(InputError, match="no targets of task mood"):
        losses(scores, {"face": good["face"]})


@pytest.mark.parametrize(
    ("limits", "values", "there"),
    [((1, 5), [1.0, 5.0], False), ((-1, 1), [0.1, 0.5], True), (None, [1.0, 5.0], False), (None, [-1.0, 5.0], True)],
)
def test_signs_are_compared_only_where_there_are_two(limits, values, there):
    metric = TaskMetrics(Dimensional("film", ["rating"], range=limits))
    metric.update(torch.tensor([[1.0], [2.0]]), torch.tensor(values)[:, None])
    assert ("rating/sagr" in metric.compute()) is there
