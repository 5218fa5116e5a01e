"""``loss.TASK.class_weights``: what the weights of a config are, and what is refused."""

import numpy as np
import pytest
import torch
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.losses import make_loss
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

MOOD, TAGS, AFFECT = Categorical("mood", ["sad", "glad"]), MultiLabel("tags", ["cat", "dog"]), Dimensional("a", ["v"])
NAN = float("nan")
TARGETS = {
    "mood": np.array([0, 0, 0, 1, -1]),
    "tags": np.array([[1, 0], [0, 0], [0, NAN], [0, 0], [NAN, 1]]),
    "a": np.zeros((5, 1)),
}
SAMPLES = Annotations(TaskSet([MOOD, TAGS, AFFECT]), TARGETS)


def class_weights(task, given, annotations):
    loss = make_loss(task, {"name": "default", "class_weights": given})
    loss.fit(annotations, task.name)
    return loss.class_weights


def test_balanced_tags_weigh_the_same_absent_and_present():
    weights = class_weights(TAGS, True, SAMPLES)
    torch.testing.assert_close(weights, torch.tensor([[4 / (2 * 3), 4 / 2], [4 / (2 * 3), 4 / 2]]))
    counts = torch.tensor([[3.0, 1.0], [3.0, 1.0]])
    assert (weights * counts).sum(0).tolist() == pytest.approx([4, 4])


def test_tags_of_a_sparse_matrix_weigh_as_those_of_a_dense_one():
    dense = np.array([[1, 0], [0, 0], [0, 1], [1, 0]], dtype=np.float32)
    found = [
        class_weights(TAGS, given, Annotations(TaskSet([TAGS]), {"tags": target}))
        for given in (True, {"dog": [1.0, 3.0]})
        for target in (dense, sparse.csr_matrix(dense))
    ]
    torch.testing.assert_close(found[0], found[1])
    torch.testing.assert_close(found[2], found[3])


def test_given_weights_of_tags_have_mean_1():
    weights = class_weights(TAGS, {"dog": [0.5, 8.0]}, SAMPLES)
    ratio = weights / weights[0, 0]
    torch.testing.assert_close(ratio, torch.tensor([[1.0, 1.0], [0.5, 8.0]]))
    assert (weights * torch.tensor([[3.0, 1.0], [3.0, 1.0]])).sum().item() == pytest.approx(8)


def test_given_weights_of_classes():
    assert class_weights(MOOD, {"glad": 7.0}, SAMPLES).tolist() == [1, 7]
    assert class_weights(MOOD, True, SAMPLES).tolist() == pytest.approx([1 / 3, 1])


@pytest.mark.parametrize(
    ("task", "given", "message"),
    [
        (AFFECT, True, "loss.a.class_weights"),
        (TAGS, {"cta": [1.0, 2.0]}, "unknown label 'cta'(.|\n)*did you mean 'cat'"),
        (TAGS, {"cat": 2.0}, "class_weights.cat: 2.0(.|\n)*where absent, where present"),
        (MOOD, {"sad": [1.0, 2.0]}, "one weight per class"),
        (TAGS, {label: [0.0, 0.0] for label in TAGS.labels}, "no weight is above 0"),
        (MOOD, dict.fromkeys(MOOD.labels, 0.0), "no weight is above 0"),
    ],
)
def test_weights_that_cannot_be(task, given, message):
    with pytest.raises(InputError, match=message):
        class_weights(task, given, SAMPLES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("often", "loss.tags.class_weights: .*true or false, or a number"),
        ({"cat": -1}, "loss.tags.class_weights.cat: .*greater than or equal to 0"),
        ({"cat": [1, 2, 3]}, "loss.tags.class_weights.cat: .*2 items"),
        ({"cat": [1, float("inf")]}, "loss.tags.class_weights.cat.1: .*finite"),
    ],
)
def test_weights_that_no_task_takes(given, message):
    with pytest.raises(InputError, match=message):
        parse_config({"data": {"source": "synthetic-faces"}, "loss": {"tags": {"class_weights": given}}})


def test_forms_of_the_config():
    for given in (True, {"cat": [1.0, 2.0]}, {"sad": 3.0}):
        config = parse_config({"data": {"source": "synthetic-faces"}, "loss": {"tags": {"class_weights": given}}})
        assert config.loss["tags"].class_weights == given
