import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from gcnlabel.statistics import class_ranks
from gcnlabel.statistics.class_ranks import ClassRanks

CLASSES = 4


def draw(kind, n, seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, CLASSES, n)
    values = rng.normal(size=n) + codes
    if kind == "grid":
        values = np.round(values, 2)
    elif kind == "few":
        values = np.round(values * 3) / 7  # comes again, and is no decimal
    elif kind == "both":
        values[: n // 2] = np.round(values[: n // 2], 1)
    values[rng.random(n) < 0.1] = np.nan
    return values, codes


def reference(values, codes):
    seen = ~np.isnan(values) & (codes >= 0)
    return [spearmanr(codes[seen] == k, values[seen])[0] for k in range(CLASSES)]


@pytest.mark.parametrize("kind", ["grid", "few", "floats", "both"])
@pytest.mark.parametrize("cells", [class_ranks.MOST_CELLS, 1])
def test_equals_scipy(kind, cells, monkeypatch):
    monkeypatch.setattr(class_ranks, "MOST_CELLS", cells)
    values, codes = draw(kind, 3000, seed=1)
    found, defined = ClassRanks(CLASSES).add(values, codes).spearman()
    assert defined.all()
    np.testing.assert_allclose(found, reference(values, codes), atol=1e-13)


@pytest.mark.parametrize("kind", ["grid", "few", "floats", "both"])
@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 900), max_size=5), seed=st.integers(0, 99), rows=st.sampled_from([7, 100, 10_000]))
def test_any_cut_gives_the_same_bits(kind, cuts, seed, rows):
    values, codes = draw(kind, 900, seed)
    whole = ClassRanks(CLASSES).add(values, codes).spearman()[0]
    before, class_ranks.ROWS_AT_ONCE = class_ranks.ROWS_AT_ONCE, rows
    try:
        total = ClassRanks(CLASSES)
        for part in reversed(np.split(np.arange(900), sorted(cuts))):
            total.merge(ClassRanks(CLASSES).add(values[part], codes[part]))
    finally:
        class_ranks.ROWS_AT_ONCE = before
    assert (total.spearman()[0] == whole).all()


def test_a_table_does_not_grow_with_the_samples():
    ranks = ClassRanks(CLASSES)
    for seed in range(20):
        ranks.add(*draw("grid", 5000, seed))
    assert not ranks._loose
    assert len(ranks._table.keys) < 1500


def test_huge_numbers_of_ties_do_not_overflow():
    """10^9 samples of each of three values, by counts: n³ is beyond 64 bits."""
    ranks = ClassRanks(2).add(np.array([0.0, 1.0, 2.0, 1.0]), np.array([0, 0, 1, 1]))
    small = ranks.spearman()[0]
    table = ranks._table
    ranks._table = type(table)(table.keys, table.counts * 10**9)
    np.testing.assert_allclose(ranks.spearman()[0], small, rtol=1e-9)  # Spearman with ties in equal shares


@pytest.mark.parametrize("values", [[], [1.0, 1.0, 1.0], [1.0, 2.0], [np.nan] * 3, [np.inf, 0.0, -np.inf]])
def test_few_constant_and_infinite_values(values):
    codes = np.arange(len(values)) % 2
    found, defined = ClassRanks(2).add(np.array(values), codes).spearman()
    assert np.isfinite(found).all()
    assert defined.any() == (values == [np.inf, 0.0, -np.inf])
    assert (found[~defined] == 0).all()


def test_minus_zero_is_zero():
    one = ClassRanks(2).add(np.array([-0.0, 0.0, 0.5, 0.123456789]), np.array([0, 1, 1, 0])).spearman()[0]
    other = ClassRanks(2).add(np.array([0.0, 0.0, 0.5, 0.123456789]), np.array([0, 1, 1, 0])).spearman()[0]
    assert (one == other).all()


@pytest.mark.parametrize("ties", [False, True])
def test_values_that_differ_in_their_last_bits_alone(ties):
    rng = np.random.default_rng(0)
    values = np.sort(rng.normal(size=20_000))
    values[1::2] = values[::2] if ties else np.nextafter(values[::2], np.inf)
    values, codes = rng.permutation(values), np.arange(20_000) % CLASSES
    ranks = ClassRanks(CLASSES).add(values, codes)
    assert ranks._loose
    np.testing.assert_allclose(ranks.spearman()[0], reference(values, codes), atol=1e-13)
    one = np.array([1.0, np.nextafter(1.0, 2), 2.0, 3.0])
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        ranks = ClassRanks(CLASSES)
        ranks._loose.append((one[order], np.array([1, 0, 0, 1])[order]))
        np.testing.assert_allclose(ranks.spearman()[0][:2], [0.0, 0.0], atol=1e-15)  # ranks 2 + 3 against 1 + 4
