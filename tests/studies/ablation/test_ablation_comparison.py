import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gcnlabel.studies.ablation import Difference, difference, holm
from gcnlabel.studies.ablation.report import markdown

VALUES = st.lists(st.tuples(st.floats(0, 1, width=16), st.floats(0, 1, width=16)), min_size=2, max_size=12)
PS = st.lists(st.floats(0, 1), max_size=8)


@settings(max_examples=80, deadline=None)
@given(VALUES)
def test_difference_is_scipys_paired_test_and_interval(pairs):
    values, reference = map(list, zip(*pairs, strict=True))
    found = difference(values, reference)
    gaps = np.subtract(values, reference)
    assert found.mean == pytest.approx(gaps.mean())
    if np.ptp(gaps) < 1e-9:
        assert found.half_width == 0
        assert found.p == (1.0 if abs(gaps.mean()) < 1e-12 else 0.0)
        return
    assert found.p == pytest.approx(stats.ttest_rel(values, reference).pvalue, rel=1e-6, abs=1e-12)
    low, high = stats.t.interval(0.95, len(gaps) - 1, gaps.mean(), stats.sem(gaps))
    assert (found.mean - found.half_width, found.mean + found.half_width) == pytest.approx((low, high))
    other = difference(reference, values)
    assert (other.mean, other.half_width, other.p) == pytest.approx((-found.mean, found.half_width, found.p))


def test_one_seed_has_a_difference_and_no_interval():
    assert difference([0.75], [0.5]) == Difference(0.25, float("inf"), 1.0)


def test_equal_differences():
    assert difference([0.5, 0.25], [0.5, 0.25]) == Difference(0.0, 0.0, 1.0)
    assert difference([0.75, 0.5], [0.5, 0.25]) == Difference(0.25, 0.0, 0.0)


def test_pairs_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="1 values cannot be paired with 3"):
        difference([0.5], [0.1, 0.2, 0.3])


def rejected(ps, alpha):
    """Holm's own steps: reject the smallest while it is below alpha / (number that is left)."""
    names = set()
    for left, name in zip(itertools.count(len(ps), -1), sorted(ps, key=ps.get)):
        if ps[name] > alpha / left:
            break
        names.add(name)
    return names


@settings(max_examples=80, deadline=None)
@given(PS)
def test_corrected_p_values_say_what_holms_steps_reject(values):
    ps = {str(k): p for k, p in enumerate(values)}
    found = holm(ps)
    assert set(found) == set(ps)
    for alpha in (0.01, 0.05, 0.2, 0.5):
        clear = all(abs(p - alpha) > 1e-12 for p in found.values())
        assert not clear or {name for name, p in found.items() if p <= alpha} == rejected(ps, alpha)
    for a, b in itertools.product(ps, ps):
        assert ps[a] > ps[b] or found[a] <= found[b]
    assert all(p <= found[name] <= min(1, max(len(ps), 1) * p + 1e-15) or found[name] <= 1 for name, p in ps.items())


def test_holm_by_hand():
    """Holm 1979: 4 x .005, 3 x .01 and 2 x .03 = .06, which the last (.04) is not below."""
    found = holm({"a": 0.03, "b": 0.005, "c": 0.04, "d": 0.01})
    assert found == pytest.approx({"b": 0.02, "d": 0.03, "a": 0.06, "c": 0.06})
    assert holm({}) == {}
    assert holm({"a": 0.4, "b": 0.9}) == pytest.approx({"a": 0.8, "b": 0.9})
    assert holm({"a": 0.6, "b": 0.7})["a"] == 1


def test_a_head_without_a_defined_value_does_not_change_the_p_values_of_others():
    """A head that predicts a constant has no correlation: it is no test that Holm's method corrects for."""

    def table(with_constant):
        values = {"linear": [0.5, 0.6, 0.7], "constant": [0.1, np.nan, 0.2], "default": [0.61, 0.7, 0.82]}
        heads = {name: {"metrics": {"a/x": of}} for name, of in values.items() if with_constant or name != "constant"}
        results = {"seeds": [0, 1, 2], "epochs": 1, "min_steps": 1, "rates": [0.1], "select": {"metric": "loss"}}
        return markdown({**results, "regimes": {"all": {"default": {}, "heads": heads}}}, ["a/x"]).splitlines()

    without, beside = table(False), table(True)
    assert [line for line in beside if "constant" not in line] == without
    assert "| constant | – | – | – |" in beside
