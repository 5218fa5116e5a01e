import math

import numpy as np
import pytest
import torch
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.nn import BACKBONES, breg_next
from gcnlabel.nn.backbones.breg_next import SERIES_BELOW, BoundedResidualLayer, BoundedShortcut, bounded


def number(value):
    return torch.tensor([float(value)], dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("a", [1, 0.3, 2, -1.5, 1e-3])
@pytest.mark.parametrize("c", [0, 1, -2])
def test_the_formula_of_the_paper(a, c):
    x = np.linspace(-40, 40, 401)
    s = math.sqrt(c**2 + 1)
    expected = np.arctan(a * x / s) / (a * s)
    torch.testing.assert_close(bounded(torch.from_numpy(x), number(a), number(c)).detach(), torch.from_numpy(expected))


def test_by_hand():
    assert bounded(number(1), number(1), number(0)).item() == pytest.approx(math.pi / 4)
    assert bounded(number(2), number(1), number(math.sqrt(3))).item() == pytest.approx(math.pi / 8)  # s = 2
    assert bounded(number(0), number(1), number(1)).item() == 0


@pytest.mark.parametrize("a", [0.0, 1e-30, 1e-12, -1e-12])
def test_a_near_zero_is_a_line_with_finite_gradients(a):
    x, a, c = number(3), number(a), number(1)
    y = bounded(x, a, c)
    y.backward()
    assert y.item() == pytest.approx(1.5)
    assert x.grad.item() == pytest.approx(0.5)
    assert a.grad.item() == pytest.approx(0, abs=1e-9)
    assert c.grad.item() == pytest.approx(-1.5)  # d/dc x / (c² + 1) = -2 c x / (c² + 1)²


def test_both_branches_meet_and_have_right_gradients():
    edge = SERIES_BELOW * math.sqrt(2)
    x = torch.tensor([-3, -edge * 1.0001, -edge * 0.9999, -1e-4, 0, 1e-4, edge * 0.9999, edge * 1.0001, 9])
    x = x.double().requires_grad_()
    assert torch.autograd.gradcheck(bounded, (x, number(1), number(1)))
    assert torch.autograd.gradcheck(bounded, (x, number(0), number(0.5)))
    y = bounded(x, number(1), number(1))
    torch.testing.assert_close(y, (x / 2**0.5).atan() / 2**0.5, rtol=1e-13, atol=0)


def test_the_slope_is_bounded():
    x = torch.linspace(-50, 50, 2001, dtype=torch.float64, requires_grad=True)
    for a, c in [(1, 1), (0.2, 0), (-3, 2)]:
        (slope,) = torch.autograd.grad(bounded(x, number(a), number(c)).sum(), x)
        torch.testing.assert_close(slope, 1 / (c**2 + 1 + a**2 * x.detach() ** 2))
        assert slope.min() > 0
        assert slope.max() <= 1


def test_shortcut_halves_the_maps_and_adds_channels_on_both_sides():
    shortcut = BoundedShortcut(stride=2, more=2)
    maps = torch.randn(1, 2, 4, 6)
    out = shortcut(maps)
    assert out.shape == (1, 4, 2, 3)
    assert not out[:, [0, 3]].any()
    expected = (maps / 2**0.5).atan() / 2**0.5
    torch.testing.assert_close(out[0, 1, 0, 0], expected[0, 0, :2, :2].mean())


@pytest.mark.parametrize("size", [5, 6])
def test_layer_re_derived(size):
    torch.manual_seed(0)
    layer = BoundedResidualLayer(2, 4, stride=2).eval()
    x = torch.randn(2, 2, size, size)
    norm = x / math.sqrt(1 + layer.norm1.eps)  # a batch-norm that has seen nothing
    elu = torch.where(norm > 0, norm, norm.exp() - 1)
    first = nn.functional.conv2d(elu, layer.conv1.weight, layer.conv1.bias, stride=2, padding=1)
    norm = first / math.sqrt(1 + layer.norm2.eps)
    elu = torch.where(norm > 0, norm, norm.exp() - 1)
    residual = nn.functional.conv2d(elu, layer.conv2.weight, layer.conv2.bias, padding=1)
    out = layer(x)
    assert out.shape == (2, 4, 3, 3)
    torch.testing.assert_close(out - layer.shortcut(x), residual, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("size", "maps"), [(112, 28), (45, 12)])
def test_shapes(size, maps):
    backbone = breg_next().eval()
    images = torch.randn(1, 3, size, size)
    with torch.no_grad():
        out = backbone.network[:-1](images)
        assert out.shape == (1, 128, maps, maps)
        torch.testing.assert_close(backbone(images), out.mean(dim=(2, 3)))
    assert backbone.out_features == 128
    layers = [layer for layer in backbone.modules() if isinstance(layer, BoundedResidualLayer)]
    channels = [layer.conv2.out_channels for layer in layers]
    assert channels == [32] * 7 + [64] * 9 + [128] * 8
    assert [i for i, layer in enumerate(layers) if layer.conv1.stride == (2, 2)] == [7, 16]


def test_every_a_and_c_is_learned():
    torch.manual_seed(0)
    backbone = breg_next(pool="max")
    backbone(torch.randn(2, 3, 16, 16)).sum().backward()
    shortcuts = [module for module in backbone.modules() if isinstance(module, BoundedShortcut)]
    assert len(shortcuts) == 24
    for shortcut in shortcuts:
        assert shortcut.a.grad.abs() > 0
        assert shortcut.c.grad.abs() > 0
    assert all(parameter.grad.isfinite().all() for parameter in backbone.parameters())


def test_options_and_errors():
    assert BACKBONES.resolve("breg_next") is breg_next
    assert type(breg_next().network[-1]).__name__ == "GlobalAveragePool"
    assert type(breg_next(pool="max").network[-1]).__name__ == "GlobalMaxPool"
    with pytest.raises(InputError, match="unknown pooling 'mean'"):
        breg_next(pool="mean")
    with pytest.raises(InputError, match=r"images of shape \[1, 1, 112, 112\]"):
        breg_next()(torch.zeros(1, 1, 112, 112))
