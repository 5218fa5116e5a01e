import numpy as np
import pytest

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.estimators.hold_out import hold_out
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([Categorical("c", ["p", "q"]), MultiLabel("t", ["r", "s"]), Dimensional("d", ["v"])])


def annotations(n):
    rng = np.random.default_rng(0)
    tags = rng.integers(0, 2, (n, 2)).astype(float)
    tags[:, 1] = np.arange(n) == 0  # one sample alone
    value = np.full((n, 1), np.nan)
    value[:2] = 0.5
    return Annotations(TASKS, {"c": rng.integers(-1, 2, n), "t": tags, "d": value})


def test_rows_are_parted_and_what_is_rare_is_trained_on():
    for seed in range(20):
        train, held = hold_out(annotations(50), 0.2, seed)
        assert len(held) == 10
        assert sorted([*train, *held]) == list(range(50))
        assert {0, 1} <= set(train)


def test_another_seed_holds_out_other_rows():
    draws = {tuple(hold_out(annotations(50), 0.2, seed)[1]) for seed in range(5)}
    assert len(draws) == 5
    assert tuple(hold_out(annotations(50), 0.2, 0)[1]) in draws


@pytest.mark.parametrize(("n", "fraction"), [(50, 0.0), (2, 0.9)])
def test_everything_stands_in_both_where_nothing_is_held_out(n, fraction):
    train, held = hold_out(annotations(n), fraction, 0)
    assert list(train) == list(held) == list(range(n))


def test_a_fraction_that_is_none():
    with pytest.raises(InputError, match="validation_fraction = -0.1"):
        hold_out(annotations(5), -0.1, 0)
