"""Focal losses, label smoothing, weights of positives and by effective numbers are those of the field's libraries."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torchvision.ops import sigmoid_focal_loss

from gcnlabel.annotations import Annotations
from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.losses import make_loss
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet

MOOD, TAGS = Categorical("mood", ["a", "b", "c"]), MultiLabel("tags", ["x", "y"])


def drawn(seed=0):
    draw = torch.Generator().manual_seed(seed)
    scores = 3 * torch.randn(40, 3, generator=draw, dtype=torch.float64)
    classes = torch.randint(0, 3, (40,), generator=draw)
    tags = torch.randint(0, 2, (40, 2), generator=draw).double()
    return scores, classes, tags


def mean(of_task, settings, scores, targets, annotations=None):
    loss = make_loss(of_task, settings)
    if annotations is not None:
        loss.fit(annotations, of_task.name)
    return loss(scores.requires_grad_(), targets)


@pytest.mark.parametrize(("alpha", "gamma"), [(0.25, 2.0), (0.6, 0.0), (None, 3.0), (0.25, 0.5)])
def test_focal_loss_of_tags_is_torchvisions(alpha, gamma):
    scores, _, tags = drawn()
    theirs = sigmoid_focal_loss(scores[:, :2], tags, -1 if alpha is None else alpha, gamma, reduction="mean")
    ours = mean(TAGS, {"name": "focal", "alpha": alpha, "gamma": gamma}, scores[:, :2], tags)
    torch.testing.assert_close(ours, theirs)


def test_nothing_to_focus_on_has_finite_gradients():
    scores = torch.tensor([[200.0, -200.0]])
    loss = mean(TAGS, {"name": "focal", "gamma": 0.5}, scores, torch.tensor([[1.0, 0.0]]))
    loss.backward()
    assert scores.grad.isfinite().all()
    scores = torch.tensor([[200.0, -200.0, 0.0]])
    mean(MOOD, {"name": "cross_entropy", "gamma": 0.5}, scores, torch.tensor([0])).backward()
    assert scores.grad.isfinite().all()


@pytest.mark.parametrize("weights", [False, {"a": 2.0, "c": 0.5}])
@pytest.mark.parametrize("shares", [False, True])
def test_label_smoothing_of_classes_is_pytorchs(weights, shares):
    scores, classes, _ = drawn()
    weight = torch.tensor([2.0, 1.0, 0.5], dtype=torch.float64) if weights else None
    theirs = F.cross_entropy(scores, classes, weight, label_smoothing=0.2)
    targets = F.one_hot(classes, 3).double() if shares else classes
    annotations = Annotations(TaskSet([MOOD]), {"mood": classes.numpy()})
    settings = {"name": "cross_entropy", "smoothing": 0.2, "class_weights": weights}
    torch.testing.assert_close(mean(MOOD, settings, scores, targets, annotations), theirs)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_focal_loss_of_classes_follows_its_formula(gamma):
    scores, classes, _ = drawn()
    q = np.exp(F.log_softmax(scores, 1).numpy())[np.arange(40), classes.numpy()]
    ours = mean(MOOD, {"name": "cross_entropy", "gamma": gamma}, scores, classes)
    assert ours.item() == pytest.approx(np.mean(-((1 - q) ** gamma) * np.log(q)))


def test_pos_weight_and_smoothing_of_tags_are_pytorchs():
    scores, _, tags = drawn()
    scores = scores[:, :2]
    weighed = mean(TAGS, {"name": "bce", "pos_weight": 3.0}, scores, tags)
    theirs = F.binary_cross_entropy_with_logits(scores, tags, pos_weight=torch.tensor(3.0, dtype=torch.float64))
    torch.testing.assert_close(weighed, theirs)
    smooth = mean(TAGS, {"name": "bce", "smoothing": 0.1}, scores, tags)
    torch.testing.assert_close(smooth, F.binary_cross_entropy_with_logits(scores, tags * 0.9 + 0.05))


@pytest.mark.parametrize("loss", ["focal", {"name": "bce", "pos_weight": 2, "smoothing": 0.2}])
def test_missing_tags_are_left_out(loss):
    scores, _, tags = drawn()
    scores, seen = scores[:, :2], torch.ones(40, 2, dtype=bool)
    seen[5:30, 0] = False
    masked = mean(TAGS, loss, scores, torch.where(seen, tags, torch.nan))
    kept = [
        make_loss(MultiLabel("t", ["x"]), loss)(scores[seen[:, i], i : i + 1], tags[seen[:, i], i : i + 1])
        for i in (0, 1)
    ]
    torch.testing.assert_close(masked, (kept[0] * 15 + kept[1] * 40) / 55)


def test_missing_classes_are_left_out():
    scores, classes, _ = drawn()
    for settings in ({"smoothing": 0.2}, {"gamma": 2.0}, {"smoothing": 0.1, "gamma": 1.0}):
        settings = {"name": "cross_entropy", **settings}
        gone = torch.where(torch.arange(40) < 10, -1, classes)
        torch.testing.assert_close(mean(MOOD, settings, scores, gone), mean(MOOD, settings, scores[10:], classes[10:]))


@pytest.mark.parametrize("beta", [0.9, 0.999])
def test_weights_by_effective_numbers(beta):
    """By NumPy from the paper's formula; of tags, of mean 1 over the samples."""
    counts = np.array([50, 5, 1])
    annotations = Annotations(TaskSet([MOOD]), {"mood": np.repeat([0, 1, 2], counts)})
    loss = make_loss(MOOD, {"name": "cross_entropy", "class_weights": beta})
    loss.fit(annotations, "mood")
    wanted = (1 - beta) / (1 - beta**counts)
    assert loss.class_weights.numpy() == pytest.approx(wanted * 3 / wanted.sum(), rel=1e-4)
    tags = np.column_stack([np.arange(20) < 4, np.zeros(20)])
    loss = make_loss(TAGS, {"name": "bce", "class_weights": beta})
    loss.fit(Annotations(TaskSet([TAGS]), {"tags": tags.astype(float)}), "tags")
    absent, present = ((1 - beta) / (1 - beta**n) for n in (16, 4))
    assert (loss.class_weights[0, 1] / loss.class_weights[0, 0]).item() == pytest.approx(present / absent, rel=1e-4)
    assert loss.class_weights[1, 1] == 0


@pytest.mark.parametrize("odd", [0.0, 1.5, -1])
def test_a_beta_lies_between_0_and_1(odd):
    with pytest.raises(InputError, match="loss.mood.class_weights"):
        parse_config({"data": {"source": "synthetic-faces"}, "loss": {"mood": {"name": "bce", "class_weights": odd}}})
