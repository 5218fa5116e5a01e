"""Freezing keeps what was frozen before."""

from torch import nn

from gcnlabel.training.freezing import freeze


def test_parts_that_were_still_before_are_still_afterwards():
    network = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.BatchNorm1d(2).eval(), nn.BatchNorm1d(2))
    modes = [part.training for part in network.modules()]
    for _ in range(2):  # each epoch
        freeze(network, frozen=True)
        assert not any(part.training for part in network.modules())
        assert not any(parameter.requires_grad for parameter in network.parameters())
    freeze(network, frozen=False)
    assert [part.training for part in network.modules()] == modes == [True, True, False, True]
    assert [parameter.requires_grad for parameter in network.parameters()] == [False] * 2 + [True] * 4
