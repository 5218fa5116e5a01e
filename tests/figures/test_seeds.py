"""Intervals over seeds against scipy."""

import pytest
from scipy import stats

from gcnlabel.figures.seeds import difference, groups_of, interval, lower_is_better


def test_runs_that_differ_in_their_seed_alone_are_one_group():
    configs = {"g-1": {"seed": 1, "a": {"b": 1}}, "l": {"a": {"b": 2}, "seed": 1}, "g-2": {"a": {"b": 1}, "seed": 2}}
    groups = groups_of(configs, ["g-1", "l", "g-2", "damaged"])
    assert [(g.name, g.runs, g.seeds) for g in groups] == [
        ("g", ("g-1", "g-2"), (1, 2)), ("l", ("l",), (1,)), ("damaged", ("damaged",), (0,)),
    ]  # fmt: skip


def test_the_interval_is_students():
    values = [0.51, 0.62, 0.58, 0.6]
    low, high = stats.ttest_1samp(values, 0).confidence_interval()
    assert interval(values) == pytest.approx((low, high))
    assert interval([0.5]) is None


def test_differences_are_paired_over_equal_seeds():
    a, b = {1: 0.5, 2: 0.6, 3: 0.8}, {3: 0.9, 1: 0.55, 2: 0.72}
    change, ends = difference(a, b)
    paired = stats.ttest_rel([0.55, 0.72, 0.9], [0.5, 0.6, 0.8])
    assert change == pytest.approx(0.27 / 3)
    assert ends == pytest.approx(tuple(paired.confidence_interval()))


def test_other_seeds_are_compared_by_welch():
    change, ends = difference({1: 0.5, 2: 0.6}, {3: 0.9, 4: 0.55, 5: 0.72})
    assert ends == pytest.approx(
        tuple(stats.ttest_ind([0.9, 0.55, 0.72], [0.5, 0.6], equal_var=False).confidence_interval())
    )
    assert difference({1: 0.5}, {2: 0.75}) == (0.25, None)
    assert change == pytest.approx(0.7233333 - 0.55, abs=1e-6)


@pytest.mark.parametrize(
    ("metric", "lower"), [("a/mean_ccc", False), ("a/valence/rmse", True), ("t/hamming_loss", True)]
)
def test_errors_and_losses_are_better_when_lower(metric, lower):
    assert lower_is_better(metric) == lower


def test_groups_with_like_names_are_told_apart():
    configs = {f"run-{k}": {"seed": k, "x": k > 2} for k in (1, 2, 3, 4)}
    assert [group.name for group in groups_of(configs, [*configs])] == ["run-1 and 1 more", "run-3 and 1 more"]


def test_a_copy_of_a_run_is_no_further_seed():
    configs = {"a": {"seed": 1}, "b": {"seed": 2}, "copy": {"seed": 1}}
    assert [group.runs for group in groups_of(configs, [*configs])] == [("a", "b"), ("copy",)]
