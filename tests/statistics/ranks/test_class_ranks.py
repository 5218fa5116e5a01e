import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from gcnlabel.statistics.ranks import class_ranks, grid_counts, sorted_run
from gcnlabel.statistics.ranks.class_ranks import ClassRanks

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
@pytest.mark.parametrize("cells", [grid_counts.MAX_CELLS, 1])
def test_equals_scipy(kind, cells, monkeypatch):
    monkeypatch.setattr(class_ranks, "MAX_CELLS", cells)
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_ranks, "ROWS_AT_ONCE", rows)
        patch.setattr(class_ranks, "ROWS_IN_CACHE", max(rows // 3, 1))
        total = ClassRanks(CLASSES)
        for part in reversed(np.split(np.arange(900), sorted(cuts))):
            total.merge(ClassRanks(CLASSES).add(values[part], codes[part]))
    assert (total.spearman()[0] == whole).all()


@pytest.fixture
def small(monkeypatch):
    """Limits that a few thousand samples reach."""
    monkeypatch.setattr(class_ranks, "MAX_IN_MEMORY", 500)
    monkeypatch.setattr(class_ranks, "ROWS_AT_ONCE", 300)
    monkeypatch.setattr(sorted_run, "RANGE", 64)
    for module in (class_ranks, sorted_run):
        monkeypatch.setattr(module, "OFTEN", 10)


@pytest.mark.parametrize("kind", ["few", "floats", "both"])
@pytest.mark.parametrize("classes", [CLASSES, 300])
def test_what_is_spilled_is_ranked_the_same_to_the_last_bit(kind, classes, request):
    values, codes = draw(kind, 5000, seed=3)
    values[::7] = 0.0  # the same value in every run, too often to be kept
    codes[codes > 1] *= classes // 4
    in_memory = ClassRanks(classes).add(values, codes)
    assert not in_memory._runs
    whole = in_memory.spearman()[0]
    request.getfixturevalue("small")
    parts = [ClassRanks(classes).add(*rows) for rows in zip(np.split(values, 5), np.split(codes, 5), strict=True)]
    total = ClassRanks(classes)
    for part in parts:
        total.merge(pickle.loads(pickle.dumps(part)))  # as from another process
    assert len(total._runs) >= 3
    assert (total.spearman()[0] == whole).all()
    copied = copy.deepcopy(total).merge(parts[0])
    assert copied.spearman()[0].tolist() != whole.tolist()
    assert (total.spearman()[0] == whole).all()  # neither a copy's samples nor a second look change it


def test_no_more_is_in_memory_however_many_samples_come(small):
    ranks = ClassRanks(CLASSES)
    for seed in range(30):
        ranks.merge(ClassRanks(CLASSES).add(*draw("floats", 400, seed)))
        assert ranks._in_memory == sum(len(keys) for keys, _ in ranks._loose) < 500
    assert sum(len(run.packed) for run in ranks._runs) > 8000
    for _, packed in sorted_run.ranges(ranks._runs, CLASSES):
        assert len(packed) <= max(64, 20 * len(ranks._runs))


def test_a_table_that_would_grow_is_kept_as_samples(small, monkeypatch):
    rng = np.random.default_rng(0)
    values, codes = np.sort(np.round(rng.normal(size=4000), 3)), rng.integers(0, CLASSES, 4000)
    values[rng.random(4000) < 0.2] = 0.5
    whole = ClassRanks(CLASSES).add(values, codes).spearman()[0]
    monkeypatch.setattr(class_ranks, "MAX_CELLS", 400)
    ranks = ClassRanks(CLASSES).add(values, codes)
    assert len(ranks._table.keys) < 110
    assert ranks._runs
    assert (ranks.spearman()[0] == whole).all()


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
    one = np.array([1.0, np.nextafter(1.0, 2), 2.0, np.inf, -np.inf, 5e-324, -5e-324, 1e300])
    for order in ([0, 1, 2, 3, 4, 5, 6, 7], [3, 1, 0, 2, 7, 6, 4, 5]):
        ranks = ClassRanks(2).add(one[order], np.array([1, 0, 0, 1, 1, 0, 0, 1])[order])
        assert ranks._loose
        assert ranks.spearman()[0][1] == pytest.approx(spearmanr([1, 0, 0, 1, 1, 0, 0, 1], one)[0], abs=1e-15)
