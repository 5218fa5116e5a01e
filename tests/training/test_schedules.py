"""Schedules follow their formulas, and PyTorch's where it has them."""

import pytest
import torch
from torch.optim.lr_scheduler import OneCycleLR

from gcnlabel.errors import InputError
from gcnlabel.training.schedules import SCHEDULES, Schedule


def made(schedule, epochs=8):
    return SCHEDULES.make(schedule, epochs)


def test_formulas():
    cosine = made("cosine")
    assert [cosine(t) for t in (0, 2, 4, 8, 9)] == pytest.approx([1, (1 + 0.5**0.5) / 2, 0.5, 0, 0])
    step = made({"name": "step", "epochs": 3, "factor": 0.5})
    assert [step(t) for t in (0, 2.9, 3, 6)] == [1, 1, 0.5, 0.25]
    assert made("constant")(7) == 1
    falls = made({"name": "milestones", "at": [2, 5], "factor": 0.5})
    assert [falls(t) for t in (0, 1.9, 2, 4.9, 5, 8)] == [1, 1, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize("rise", [0.1, 0.3, 0.8])
def test_one_cycle_is_pytorchs(rise):
    steps = 2000
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = OneCycleLR(optimizer, 1.0, total_steps=steps, pct_start=rise)
    ours = made({"name": "one-cycle", "rise": rise}, 10)
    for done in range(steps):
        assert ours(10 * done / (steps - 1)) == pytest.approx(theirs.get_last_lr()[0], abs=0.005)
        optimizer.step()
        if done < steps - 1:
            theirs.step()


def test_a_warm_up_goes_before_what_is_left_for_another():
    rate = made({"name": "warm-up", "epochs": 2, "start": 0.5, "then": {"name": "step", "epochs": 3, "factor": 0.1}})
    assert [rate(t) for t in (0, 1, 2, 4.9, 5)] == pytest.approx([0.5, 0.75, 1, 1, 0.1])
    longer = made({"name": "warm-up", "epochs": 9}, 8)
    assert longer(8) == pytest.approx(0.01 + 0.99 * 8 / 9)


def test_a_metric_cannot_follow_a_warm_up():
    with pytest.raises(InputError, match="a warm-up before"):
        made({"name": "warm-up", "then": "reduce-on-plateau"})


@pytest.mark.parametrize("name", SCHEDULES.names())
def test_every_schedule_starts_within_bounds(name):
    schedule = made(name)
    assert isinstance(schedule, Schedule)
    assert all(0 <= schedule(t / 4) <= 1 for t in range(33))
