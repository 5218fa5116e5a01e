"""Weights from gradients: the gradient of the total is the one that torchjd's aggregators find."""

import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.losses import make_weighting
from gcnlabel.losses.aggregators import nash_weights
from gcnlabel.run import RunFolder, train

pytestmark = pytest.mark.filterwarnings("ignore")
AGGREGATORS = {"upgrad": "UPGrad", "mgda": "MGDA", "imtl-g": "IMTLG", "aligned-mtl": "AlignedMTL", "mean": "Mean"}


class Net(nn.Module):
    """A shared layer and one for each of three tasks, with losses that pull it to different sides."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.shared = nn.Linear(5, 4)
        self.own = nn.ModuleDict({name: nn.Linear(4, 1) for name in "abc"})
        self.inputs = torch.randn(20, 5)

    def losses(self):
        found = torch.tanh(self.shared(self.inputs))
        return {name: (head(found) - k).square().mean() for k, (name, head) in enumerate(self.own.items())}


def of_shared(net, loss):
    found = torch.autograd.grad(loss, list(net.shared.parameters()), retain_graph=True)
    return torch.cat([gradient.flatten() for gradient in found])


def weighting(net, method, **options):
    pytest.importorskip("torchjd")
    made = make_weighting({"name": "torchjd", "method": method, **options}, dict.fromkeys("abc"))
    made.watch(net)
    return made


@pytest.mark.parametrize("method", [*AGGREGATORS, "cagrad"])
def test_the_shared_gradient_is_the_aggregated_one(method):
    from torchjd import aggregation

    net = Net()
    losses = net.losses()
    jacobian = torch.stack([of_shared(net, loss) for loss in losses.values()])
    theirs = aggregation.CAGrad(0.3) if method == "cagrad" else getattr(aggregation, AGGREGATORS[method])()
    ours = weighting(net, method, **({"c": 0.3} if method == "cagrad" else {}))(losses)
    torch.testing.assert_close(of_shared(net, ours), theirs(jacobian), rtol=1e-3, atol=1e-4)


def test_the_mean_is_the_sum_over_its_number():
    net = Net()
    losses = net.losses()
    torch.testing.assert_close(weighting(net, "mean")(losses), sum(losses.values()) / 3)


def test_upgrad_hurts_no_task():
    net = Net()
    output = net.own["a"](torch.tanh(net.shared(net.inputs)))
    losses = {"a": (output + 3).square().mean(), "b": 10 * (output - 3).square().mean()}  # drawn to both sides
    step = of_shared(net, weighting(net, "upgrad")(losses))
    plain = of_shared(net, sum(losses.values()))
    against = [of_shared(net, loss) for loss in losses.values()]
    assert min(float(gradient @ step) for gradient in against) > -1e-4
    assert min(float(gradient @ plain) for gradient in against) < -1e-2  # which the sum does


def test_nash_weights_solve_the_bargaining_equation():
    net = Net()
    losses = net.losses()
    jacobian = torch.stack([of_shared(net, loss) for loss in losses.values()]).double()
    gramian = jacobian @ jacobian.T
    weights = nash_weights(gramian)
    assert (weights > 0).all()
    torch.testing.assert_close(gramian @ weights, 1 / weights, rtol=1e-5, atol=0)
    total = of_shared(net, weighting(net, "nash-mtl")(losses)).double()
    torch.testing.assert_close(jacobian @ total, 1 / weights, rtol=1e-3, atol=1e-6)  # each task gains 1 / its weight


@given(rows=st.integers(1, 6), columns=st.integers(1, 6), lengths=st.floats(-4, 4), seed=st.integers(0, 999))
def test_nash_weights_of_any_gradients(rows, columns, lengths, seed):
    drawn = torch.Generator().manual_seed(seed)
    jacobian = torch.randn(rows, columns, generator=drawn, dtype=torch.float64)
    jacobian = jacobian * 10 ** (lengths * torch.rand(rows, 1, generator=drawn, dtype=torch.float64))
    weights = nash_weights(jacobian @ jacobian.T)
    assert (weights > 0).all()
    assert weights.isfinite().all()
    if columns >= rows:  # each times the length of its gradient: no unit of a loss counts
        other = nash_weights((7 * jacobian) @ (7 * jacobian).T)
        torch.testing.assert_close(7 * other, weights, rtol=1e-4, atol=0)


def test_nash_weights_of_gradients_that_cancel_and_of_none():
    weights = nash_weights(torch.tensor([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    assert weights.isfinite().all()
    assert weights[2] == 1
    torch.testing.assert_close(weights[0], weights[1])


def test_what_is_not_observed_and_what_is_only_measured():
    net = Net()
    losses = {**net.losses(), "b": torch.zeros(())}
    made = weighting(net, "upgrad")
    assert made(losses).requires_grad
    torch.testing.assert_close(made({"a": losses["a"], "b": losses["b"]}), losses["a"])
    torch.testing.assert_close(made.eval()(net.losses()), sum(net.losses().values()))


def test_odd_settings():
    with pytest.raises(InputError, match="c with the method mgda"):
        weighting(Net(), "mgda", c=0.1)


def test_without_torchjd(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchjd", None)
    with pytest.raises(InputError, match="torchjd is not installed") as error:
        make_weighting("torchjd", {})
    assert "gcnlabel[torchjd]" in str(error.value)


@pytest.mark.parametrize("method", ["upgrad", "pcgrad", "nash-mtl"])
def test_a_config_trains_with_it(method, tmp_path):
    pytest.importorskip("torchjd")
    content = {
        "data": {"source": "synthetic-faces", "train": 60, "val": 20, "test": 20},
        "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": "linear"},
        "training": {"epochs": 1},
        "weighting": {"name": "torchjd", "method": method},
    }
    train(parse_config(content), RunFolder(tmp_path / "run"), progress=False)
    header = (tmp_path / "run" / "metrics.csv").read_text().splitlines()[0]
    assert "train/affect/weight" in header
