import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.statistics.ranks import sorted_run as module
from gcnlabel.statistics.ranks.sorted_run import (
    from_ordered_bits,
    ordered_bits,
    ranges,
    sorted_run,
    whole_keys,
    without_frequent,
)

floats = st.floats(allow_nan=False)


@settings(max_examples=50, deadline=None)
@given(st.lists(floats, max_size=20))
def test_ordered_bits_are_in_the_order_of_the_values(values):
    values = np.array(values, dtype=float)
    keys = ordered_bits(values)
    for a, b in itertools.product(range(len(values)), repeat=2):
        assert (keys[a] < keys[b], keys[a] == keys[b]) == (values[a] < values[b], values[a] == values[b])
    assert (from_ordered_bits(keys) == values).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(floats, st.integers(0, 8)), min_size=1, max_size=40), st.integers(9, 3000))
def test_a_run_holds_every_value_and_class_in_order(samples, classes):
    values, codes = np.array([v for v, _ in samples]), np.array([c for _, c in samples])
    run = sorted_run([(ordered_bits(values), codes.astype(np.uint16))], classes)
    bits = np.uint64(module.class_bits(classes))
    found = [
        (float(v), int(p) & (1 << int(bits)) - 1)
        for prefix, packed in ranges([run], classes)
        for v, p in zip(from_ordered_bits(whole_keys(packed, prefix, bits)), packed, strict=True)
    ]
    assert found == sorted((float(v) + 0.0, c) for v, c in samples)


@pytest.mark.parametrize("often", [3, 40])
def test_ranges_of_several_runs_never_part_a_value(often, monkeypatch):
    monkeypatch.setattr(module, "OFTEN", often)
    monkeypatch.setattr(module, "RANGE", 30)
    rng = np.random.default_rng(0)
    runs, total = [], {}
    for _ in range(6):
        values, codes = np.round(rng.normal(size=300), 2), rng.integers(0, 3, 300)
        run, table = without_frequent(sorted_run([(ordered_bits(values), codes.astype(np.uint8))], 3), 3)
        runs.append(run)
        assert (table.counts.sum(1) >= often).all()
        assert len(run.packed) + table.counts.sum() == 300
        for value, counts in zip(table.keys[:, 0], table.counts, strict=True):
            assert counts.tolist() == [((values == value) & (codes == k)).sum() for k in range(3)]
        assert not set(table.keys[:, 0]) & set(from_ordered_bits(keys_of([run])))
        for value in np.unique(from_ordered_bits(keys_of([run]))):
            total[value] = total.get(value, 0) + (values == value).sum()
    pieces = [whole_keys(packed, prefix, np.uint64(2)) for prefix, packed in ranges(runs, 3)]
    assert len(pieces) > 5
    assert all(a[-1] < b[0] for a, b in itertools.pairwise(pieces))
    values, counts = np.unique(from_ordered_bits(np.concatenate(pieces)), return_counts=True)
    assert dict(zip(values, counts, strict=True)) == total


def keys_of(runs):
    return np.concatenate([whole_keys(packed, prefix, np.uint64(2)) for prefix, packed in ranges(runs, 3)])
