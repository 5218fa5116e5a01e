import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from gcnlabel.ccc import ccc
from gcnlabel.errors import InputError
from gcnlabel.losses import (
    LOSSES,
    AsymmetricLoss,
    BinaryCrossEntropy,
    CCCLoss,
    CrossEntropy,
    MSELoss,
    MultiTaskLoss,
    inverse_frequency_weights,
    make_loss,
)
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel

NAN = math.nan


def numpy_ccc(x, y):
    covariance = ((x - x.mean()) * (y - y.mean())).mean()
    return 2 * covariance / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def test_ccc_by_hand_and_against_numpy():
    x, y = torch.tensor([[0.1], [0.4], [0.5], [0.9]]).double(), torch.tensor([[0.2], [0.3], [0.7], [0.8]]).double()
    assert ccc(x, y).item() == pytest.approx(0.8813559322, abs=1e-7)
    rng = np.random.default_rng(0)
    for n in (2, 7, 35):
        a, b = rng.normal(size=(2, n, 3))
        expected = [numpy_ccc(a[:, i], b[:, i]) for i in range(3)]
        np.testing.assert_allclose(ccc(torch.tensor(a), torch.tensor(b)), expected, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 35, 1000])
def test_ccc_of_equals_is_exactly_one(n):
    x = torch.randn(n, 2)
    assert ccc(x, x).tolist() == [1.0, 1.0]


def test_ccc_leaves_missing_targets_out():
    x, y = torch.randn(6, 1), torch.randn(6, 1)
    y[4:] = NAN
    torch.testing.assert_close(ccc(x, y), ccc(x[:4], y[:4]))


@pytest.mark.parametrize(
    "targets", [torch.full((4, 2), 0.5), torch.full((4, 2), NAN), torch.tensor([[0.5, NAN]]), torch.rand(1, 2)]
)
def test_ccc_is_zero_with_finite_gradient_where_it_is_not_defined(targets):
    scores = torch.full(targets.shape, 0.25, requires_grad=True)
    loss = CCCLoss()(scores, targets)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(scores.grad).all()
    if torch.isnan(targets).all() or len(targets) == 1:
        assert loss.item() == 0
        assert not scores.grad.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("value", [-4.9999995, 1e-30, 0.1, 12345.678])
def test_ccc_of_constants_is_zero_although_their_mean_is_rounded(value, dtype):
    for n in (2, 3, 7, 1000):
        x = torch.full((n, 1), value, dtype=dtype, requires_grad=True)
        found = ccc(x, (x * (1 + torch.finfo(dtype).eps)).detach())
        assert found.tolist() == [0.0]
        (gradient,) = torch.autograd.grad(found.sum(), x)
        assert not gradient.any()


def test_ccc_of_values_that_differ_little_from_their_mean():
    noise = np.random.default_rng(0).normal(size=(2, 100, 1)) * 1e-9
    x, y = 5 + noise[0], 5 + noise[1]
    assert ccc(torch.tensor(x), torch.tensor(y)).item() == pytest.approx(numpy_ccc(x[:, 0], y[:, 0]), abs=1e-6)


def test_ccc_gradient():
    x = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
    y = torch.randn(5, 2, dtype=torch.float64)
    y[0, 1] = NAN
    assert torch.autograd.gradcheck(lambda x: ccc(x, y), (x,))


def test_a_dimension_with_one_value_adds_nothing():
    scores, targets = torch.randn(4, 2), torch.randn(4, 2)
    targets[1:, 1] = NAN
    torch.testing.assert_close(CCCLoss()(scores, targets), 1 - ccc(scores[:, :1], targets[:, :1])[0])


def test_cross_entropy_with_weights_against_torch():
    scores, targets = torch.randn(6, 3), torch.tensor([0, 1, 2, -1, 1, -1])
    weights = torch.tensor([0.2, 1.0, 0.5])
    expected = F.cross_entropy(scores, targets, weights, ignore_index=-1)
    torch.testing.assert_close(CrossEntropy(weights)(scores, targets), expected)
    torch.testing.assert_close(CrossEntropy()(scores, targets), F.cross_entropy(scores, targets, ignore_index=-1))


def test_class_weights_follow_the_text_of_the_paper():
    weights = inverse_frequency_weights(torch.tensor([74874, 134415, 25459, 14090, 6378, 3803, 24882]))
    assert weights[5] == 1  # disgust is rarest
    assert weights[1] == pytest.approx(3803 / 134415)
    assert inverse_frequency_weights(torch.tensor([0, 2, 4])).tolist() == [0, 1, 0.5]


def test_binary_cross_entropy_leaves_missing_tags_out():
    scores, targets = torch.randn(5, 3), torch.randint(0, 2, (5, 3)).float()
    targets[0, 0] = targets[3, 2] = NAN
    seen = ~torch.isnan(targets)
    expected = F.binary_cross_entropy_with_logits(scores[seen], targets[seen])
    torch.testing.assert_close(BinaryCrossEntropy()(scores, targets), expected)


def test_asymmetric_loss_by_hand():
    scores, targets = torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    positive = -0.5 * math.log(0.5)
    negative = -(0.45**4) * math.log(1 - 0.45)
    assert AsymmetricLoss()(scores, targets).item() == pytest.approx((positive + negative) / 2, rel=1e-6)
    plain = AsymmetricLoss(gamma_neg=0, gamma_pos=0, clip=0)
    torch.testing.assert_close(plain(scores, targets), BinaryCrossEntropy()(scores, targets))


@pytest.mark.parametrize("options", [{}, {"clip": 0}, {"gamma_pos": 0.5}, {"gamma_pos": 0, "gamma_neg": 0, "clip": 0}])
@pytest.mark.parametrize("score", [-90.0, -30.0, 30.0, 90.0])
def test_asymmetric_loss_of_sure_scores(options, score):
    """Where the probability is 0 or 1 in single precision."""
    for target in (0.0, 1.0):
        scores = torch.tensor([[score]], requires_grad=True)
        loss = AsymmetricLoss(**options)(scores, torch.tensor([[target]]))
        loss.backward()
        assert torch.isfinite(scores.grad).all()
        assert loss.item() == pytest.approx(0, abs=1e-3) if (score > 0) == bool(target) else loss.item() > 2


def tags_with_holes():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(6, 2, generator=generator, dtype=torch.float64)
    targets = torch.tensor([[1, 0], [0, 0], [NAN, 1], [0, 1], [1, NAN], [0, 0]], dtype=torch.float64)
    return scores, targets


@pytest.mark.parametrize("loss", [BinaryCrossEntropy, AsymmetricLoss])
def test_weighted_tags_by_hand(loss):
    scores, targets = tags_with_holes()
    weights = torch.tensor([[0.5, 3.0], [1.0, 7.0]])
    plain, expected, count = loss(), 0.0, 0
    for row, column in np.argwhere(~np.isnan(targets.numpy())):
        alone = plain(scores[row, column].view(1, 1), targets[row, column].view(1, 1)).item()
        expected += alone * weights[column, int(targets[row, column])].item()
        count += 1
    assert loss(weights)(scores, targets).item() == pytest.approx(expected / count)


def test_binary_cross_entropy_weighted_as_written_in_full():
    scores, targets = torch.tensor([[0.0], [0.0]]), torch.tensor([[1.0], [0.0]])
    weighted = BinaryCrossEntropy(torch.tensor([[0.5, 3.0]]))
    assert weighted(scores, targets).item() == pytest.approx((3 * math.log(2) + 0.5 * math.log(2)) / 2)


@pytest.mark.parametrize("loss", [BinaryCrossEntropy, AsymmetricLoss])
def test_weights_of_mean_1_are_repeated_samples(loss):
    """Of each tag, a positive that weighs 3 is three positives: what is repeated of one tag is unknown of the other."""
    scores, targets = tags_with_holes()
    times = {(0, 1.0): 3, (0, 0.0): 2, (1, 1.0): 1, (1, 0.0): 4}
    rows = []
    for of_scores, of_targets in zip(scores, targets, strict=True):
        for column, value in enumerate(of_targets.tolist()):
            alone = torch.full_like(of_targets, NAN)
            alone[column] = value
            rows += [(of_scores, alone)] * (0 if math.isnan(value) else times[column, value])
    repeated = loss()(torch.stack([s for s, _ in rows]), torch.stack([t for _, t in rows]))
    weights = torch.tensor([[times[c, 0.0], times[c, 1.0]] for c in range(2)], dtype=torch.float64)
    observed = int((~targets.isnan()).sum())
    torch.testing.assert_close(loss(weights * observed / len(rows))(scores, targets), repeated)


def test_weights_of_shares_of_a_tag():
    """A tag that is there with probability .3 is three present and seven absent ones."""
    scores, weights = torch.tensor([[0.7]]), torch.tensor([[2.0, 5.0]])
    for loss in (BinaryCrossEntropy(weights), AsymmetricLoss(weights)):
        absent, present = (loss(scores, torch.tensor([[value]])) for value in (0.0, 1.0))
        torch.testing.assert_close(loss(scores, torch.tensor([[0.3]])), 0.7 * absent + 0.3 * present)


@pytest.mark.parametrize("loss", [CrossEntropy(), BinaryCrossEntropy(), AsymmetricLoss(), CCCLoss(), MSELoss()])
@pytest.mark.parametrize("batch", [1, 3])
def test_nothing_observed_adds_zero_with_zero_gradient(loss, batch):
    scores = torch.randn(batch, 2, requires_grad=True)
    targets = torch.full((batch,), -1) if isinstance(loss, CrossEntropy) else torch.full((batch, 2), NAN)
    value = loss(scores, targets)
    value.backward()
    assert value.item() == 0
    assert scores.grad.abs().sum() == 0


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), AsymmetricLoss(), CCCLoss(), MSELoss()])
def test_missing_targets_get_no_gradient(loss):
    scores = torch.randn(4, 3, requires_grad=True)
    targets = torch.tensor([[1.0, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0]])  # CCC has no gradient where all are equal
    targets[2, 1] = NAN
    loss(scores, targets).backward()
    assert torch.isfinite(scores.grad).all()
    assert scores.grad[2, 1] == 0
    assert scores.grad[0, 0] != 0


def test_the_total_is_the_weighted_sum():
    scores = {"a": torch.randn(4, 1), "b": torch.randn(4, 2)}
    targets = {"a": torch.randn(4, 1), "b": torch.randint(0, 2, (4, 2)).float()}
    total, parts = MultiTaskLoss({"a": MSELoss(), "b": BinaryCrossEntropy()}, {"a": 0.5})(scores, targets)
    torch.testing.assert_close(total, 0.5 * parts["a"] + parts["b"])
    torch.testing.assert_close(parts["a"], F.mse_loss(scores["a"], targets["a"]))


def test_losses_that_do_not_suit():
    assert isinstance(make_loss(Categorical("a", ("x",))), CrossEntropy)
    assert isinstance(make_loss(MultiLabel("a", ("x",))), BinaryCrossEntropy)
    with pytest.raises(InputError, match="'ccc' does not suit the categorical task 'a'"):
        make_loss(Categorical("a", ("x",)), "ccc")
    with pytest.raises(InputError, match="weights for tasks without a loss: b"):
        MultiTaskLoss({"a": MSELoss()}, {"b": 1.0})
    assert LOSSES.names() == ["asymmetric", "bce", "ccc", "cross_entropy", "default", "focal", "mse"]
    assert isinstance(make_loss(Dimensional("a", ("x",)), "mse"), MSELoss)


def test_dimensions_beside_classes_or_tags_weigh_a_tenth_unless_told():
    tags, affect, face = BinaryCrossEntropy(), CCCLoss(), CrossEntropy()
    assert MultiTaskLoss({"t": tags, "a": affect, "f": face}).weights == {"t": 1.0, "a": 0.1, "f": 1.0}
    assert MultiTaskLoss({"t": tags, "a": affect}, {"a": 1}).weights == {"t": 1.0, "a": 1.0}
    assert MultiTaskLoss({"a": affect, "b": MSELoss()}).weights == {"a": 1.0, "b": 1.0}
    assert MultiTaskLoss({"t": tags, "f": face}).weights == {"t": 1.0, "f": 1.0}


def test_targets_that_are_no_tensors():
    loss = MultiTaskLoss({"affect": MSELoss()})
    with pytest.raises(InputError, match=r"'affect' are a ndarray(.|\n)*a tensor(.|\n)*torch.as_tensor"):
        loss({"affect": torch.zeros(2, 1)}, {"affect": np.zeros((2, 1))})
