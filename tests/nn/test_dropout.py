"""Dropout that draws bits: how many units it leaves out, and that nothing else differs from PyTorch's."""

import pytest
import torch
from torch.func import grad, vmap

from gcnlabel.nn.dropout import Dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_as_many_units_as_asked_are_left_out_independently(p):
    torch.manual_seed(0)
    kept = Dropout(p)(torch.ones(400, 1001, dtype=torch.float64)) != 0
    sd = (p * (1 - p) / kept.numel()) ** 0.5
    assert abs((~kept).double().mean() - p) < 4 * sd
    centred = kept.double() - (1 - p)
    for shift in range(1, 9):  # four neighbours share an integer of the generator
        assert abs((centred[:, shift:] * centred[:, :-shift]).mean()) < 5 * p * (1 - p) / kept.numel() ** 0.5
    assert abs((centred[1:] * centred[:-1]).mean()) < 5 * p * (1 - p) / kept.numel() ** 0.5


def test_the_others_are_scaled_and_the_gradient_follows():
    x = torch.linspace(1, 2, 60, dtype=torch.float64).view(3, 20).requires_grad_()
    out = Dropout(0.25)(x)
    out.sum().backward()
    seen = out != 0
    torch.testing.assert_close(out[seen], x[seen] / 0.75)
    torch.testing.assert_close(x.grad, seen / 0.75, check_dtype=False)


def test_nothing_is_drawn_in_evaluation_or_of_0():
    x, state = torch.randn(4, 4), torch.get_rng_state()
    assert Dropout(0.5).eval()(x) is x
    assert Dropout(0.0)(x) is x
    assert torch.equal(torch.get_rng_state(), state)
    assert not Dropout(1.0)(x).any()
    assert Dropout(0.5)(torch.empty(0, 3)).shape == (0, 3)


def test_a_seed_decides_and_half_precision_stays():
    x = torch.ones(9, 7, dtype=torch.bfloat16)
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        found.append(Dropout(0.5)(x))
    assert found[0].dtype == torch.bfloat16
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_models_side_by_side_drop_the_same_units_as_one_alone():
    module, x = Dropout(0.5), torch.ones(3, 5, 8)
    torch.manual_seed(4)
    together = vmap(module, randomness="same")(x)
    torch.manual_seed(4)
    assert torch.equal(together, module(x[0]).expand(3, 5, 8))
    torch.manual_seed(4)
    assert torch.equal(vmap(grad(lambda t: module(t).sum()), randomness="same")(x), together)


def test_compiled_and_exported_programs_have_pytorchs():
    program = torch.export.export(torch.nn.Sequential(Dropout(0.5)), (torch.ones(4, 3),))
    assert "dropout" in str(program.graph)
    assert "random" not in str(program.graph)
