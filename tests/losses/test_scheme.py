import math

import numpy as np
import pytest
import torch
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.losses import MSELoss, MultiTaskLoss, SchemeWeighting, make_weighting

KINDS = {"a": MSELoss(), "b": MSELoss()}
LOSSES = {"a": torch.tensor(3.0), "b": torch.tensor(0.5)}
OWN = '''
"""Dynamic Weight Average (Liu et al., CVPR 2019, Eq. 7), and what else a user might write."""
import torch
from torch import nn

class DynamicWeightAverage(nn.Module):
    def __init__(self, tasks, steps=3, temperature=2.0):
        super().__init__()
        self.tasks, self.steps, self.temperature = tasks, steps, temperature
        self.register_buffer("means", torch.full((2, len(tasks)), torch.nan))
        self.register_buffer("sums", torch.zeros(2, len(tasks)))
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    def forward(self, losses):
        if self.training:
            if self.step > 0 and self.step % self.steps == 0:
                self.means = torch.stack([self.means[1], self.sums[0] / self.sums[1]])
                self.sums = torch.zeros_like(self.sums)
            for name, loss in losses.items():
                self.sums[:, self.tasks.index(name)] += torch.stack([loss.detach(), torch.ones_like(loss)])
            self.step = self.step + 1
        ratio = (self.means[1] / self.means[0]).nan_to_num(1.0)
        weights = len(self.tasks) * torch.softmax(ratio / self.temperature, 0)
        return {name: weights[self.tasks.index(name)] for name in losses}

class Demanding(nn.Module):
    def __init__(self, tasks, rate):
        super().__init__()

class NoModule:
    pass

made = DynamicWeightAverage(["a", "b"])
number = 3

def product(losses):
    return torch.stack(list(losses.values())).prod()
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_schemes.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    yield "own_schemes"
    import sys

    sys.modules.pop("own_schemes", None)


def test_a_total_of_ones_own():
    total = SchemeWeighting(lambda losses: losses["a"] * losses["b"] ** 2)(LOSSES)
    assert total.item() == pytest.approx(0.75)


@pytest.mark.parametrize("weights", [{"a": 2, "b": 0.5}, {"b": torch.tensor(0.5), "a": torch.tensor(2.0)}])
def test_weights_of_ones_own(weights):
    assert SchemeWeighting(lambda losses: weights)(LOSSES).item() == 6.25


def test_weights_of_one_are_fixed_weights():
    scores = {name: torch.randn(4, 1) for name in "ab"}
    targets = {name: torch.randn(4, 1) for name in "ab"}
    tasks = {name: MSELoss() for name in "ab"}
    total, _ = MultiTaskLoss(tasks, {"a": 0.3}, SchemeWeighting(lambda losses: dict.fromkeys(losses, 1.0)))(
        scores, targets
    )
    torch.testing.assert_close(total, MultiTaskLoss(tasks, {"a": 0.3})(scores, targets)[0])


def test_only_observed_tasks_are_given():
    given = []
    scheme = SchemeWeighting(lambda losses: given.append(list(losses)) or dict.fromkeys(losses, 2.0))
    assert scheme({**LOSSES, "c": torch.tensor(0.0)}).item() == 7
    assert given == [["a", "b"]]


def test_what_a_scheme_learns_gets_gradients_and_unused_parameters_get_zero():
    class Softmax(nn.Module):
        def __init__(self):
            super().__init__()
            self.weights, self.unused = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.ones(3))

        def forward(self, losses):
            return dict(zip("ab", torch.softmax(self.weights, 0), strict=True))

    weighting = SchemeWeighting(Softmax())
    weighting(LOSSES).backward()
    gradient = weighting.scheme.weights.grad  # p_i (L_i - mean L), p = 1/2
    assert gradient.tolist() == pytest.approx([0.5 * (3 - 1.75), 0.5 * (0.5 - 1.75)])
    assert weighting.scheme.unused.grad.tolist() == [0, 0, 0]
    weighting({name: loss * 0 for name, loss in LOSSES.items()}).backward()
    assert weighting.scheme.weights.grad.tolist() == gradient.tolist()


def test_dynamic_weight_average_against_its_formula(own):
    weighting = make_weighting("own_schemes:DynamicWeightAverage", KINDS)
    rng = np.random.default_rng(0)
    losses = rng.uniform(0.2, 2, (5, 3, 2))  # epochs, steps, tasks
    for epoch in range(5):
        ratio = losses[epoch - 1].mean(0) / losses[epoch - 2].mean(0) if epoch >= 2 else np.ones(2)
        expected = 2 * np.exp(ratio / 2) / np.exp(ratio / 2).sum()
        for step in losses[epoch]:
            batch = dict(zip("ab", torch.tensor(step, dtype=torch.float32), strict=True))
            assert weighting(batch).item() == pytest.approx(float(expected @ step), rel=1e-5)
            weighting.eval()
            assert weighting(batch).item() == pytest.approx(float(expected @ step), rel=1e-5)  # remembers nothing
            weighting.train()
    again = make_weighting("own_schemes:DynamicWeightAverage", KINDS)
    again.load_state_dict(weighting.state_dict())
    assert again(LOSSES).item() == weighting(LOSSES).item()


def test_schemes_by_path(own):
    assert make_weighting("own_schemes:product", KINDS)(LOSSES).item() == 1.5
    first, second = (make_weighting("own_schemes:made", KINDS) for _ in range(2))
    first(LOSSES)
    assert first.scheme.step == 1
    assert second.scheme.step == 0
    three = make_weighting("own_schemes:DynamicWeightAverage", dict.fromkeys("xyz", MSELoss()))
    assert three.scheme.tasks == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:scheme", r"'no_such_module:scheme' cannot be imported(.|\n)*PYTHONPATH"),
        ("own_schemes:prodct", "cannot be imported: AttributeError(.|\n)*prodct"),
        ("own_schemes:number", "is no scheme\n  expected: a function, an nn.Module or a class of them"),
        ("own_schemes:NoModule", "is no scheme"),
        ("own_schemes:Demanding", "cannot be made: .*rate.*\n  expected: a class that takes the names of the tasks"),
    ],
)
def test_paths_that_cannot_be_used(own, path, message):
    with pytest.raises(InputError, match=message):
        make_weighting(path, KINDS)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"a": 1.0}, "returned weights for a\n  expected: a, b"),
        ({"a": 1.0, "b": 1.0, "c": 1.0}, "returned weights for a, b, c\n  expected: a, b"),
        ({}, "returned weights for no task"),
        ({"a": 1.0, "b": torch.ones(2)}, r"returned a tensor of shape \[2\] as weight of b\n  expected: a total"),
        (torch.ones(2), r"returned a tensor of shape \[2\] as total"),
        (None, "returned NoneType as total\n  expected: a total"),
    ],
)
def test_results_that_cannot_be_used(result, message):
    with pytest.raises(InputError, match=message):
        SchemeWeighting(lambda losses: result)(LOSSES)


@pytest.mark.parametrize("result", [3.0, torch.tensor(3.0)])
def test_a_total_without_gradient_is_said(result):
    losses = {name: loss.clone().requires_grad_() for name, loss in LOSSES.items()}
    with pytest.raises(InputError, match="a total without gradient\n  to do: do not detach"):
        SchemeWeighting(lambda given: result)(losses)
    with torch.no_grad():
        assert SchemeWeighting(lambda given: result)({name: loss.detach() for name, loss in losses.items()}) == 3


def test_infinite_losses_stay_visible():
    assert math.isnan(SchemeWeighting(lambda losses: dict.fromkeys(losses, 1.0))({"a": torch.tensor(math.nan)}))
