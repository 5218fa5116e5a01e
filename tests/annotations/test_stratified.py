import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from gcnlabel.annotations import Annotations, read_arff_splits, stratified_split
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

THREE = {"train": 0.7, "val": 0.15, "test": 0.15}


def tags(values, **more):
    values = np.asarray(values, dtype=np.float32)
    task = MultiLabel("tags", [f"t{i}" for i in range(values.shape[1])])
    return Annotations(TaskSet([task]), {"tags": values}, **more)


def classes(codes, count=4, **more):
    task = Categorical("c", [f"c{i}" for i in range(count)])
    return Annotations(TaskSet([task]), {"c": np.asarray(codes)}, **more)


def check_partition(parts, n, fractions):
    assert list(parts) == list(fractions)
    together = np.concatenate(list(parts.values()))
    np.testing.assert_array_equal(np.sort(together), np.arange(n))  # disjoint, and complete
    assert all(len(rows) and (np.diff(rows) > 0).all() for rows in parts.values())


@st.composite
def shares(draw):
    weights = draw(st.lists(st.integers(1, 10), min_size=2, max_size=3))
    return {name: weight / sum(weights) for name, weight in zip(("train", "val", "test"), weights, strict=False)}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(60, 200), st.integers(1, 8), shares(), st.integers(0, 9))
def test_parts_of_tags_are_disjoint_complete_and_of_their_size(seed, n, size, fractions, split_seed):
    random = np.random.default_rng(seed)
    annotations = tags(random.random((n, size)) < random.random(size) ** 2)
    parts = stratified_split(annotations, fractions, split_seed)
    check_partition(parts, n, fractions)
    again = stratified_split(annotations, fractions, split_seed)
    assert all((parts[name] == again[name]).all() for name in parts)
    for name, rows in parts.items():
        assert abs(len(rows) - fractions[name] * n) <= 2 * size + 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1, 3), min_size=60, max_size=150), shares(), st.integers(0, 9))
def test_every_class_has_its_share_to_the_sample(codes, fractions, seed):
    parts = stratified_split(classes(codes), fractions, seed)
    codes = np.array(codes)
    for code in range(4):
        for name, rows in parts.items():
            wanted = fractions[name] * (codes == code).sum()
            assert abs((codes[rows] == code).sum() - wanted) < len(fractions) - 1 + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(20, 60))
def test_groups_stay_whole(seed, count):
    random = np.random.default_rng(seed)
    groups = random.integers(count, size=count * 6)
    names = np.array([f"person {group}" for group in groups])
    parts = stratified_split(tags(random.random((len(groups), 3)) < 0.3, groups=names), THREE, seed)
    check_partition(parts, len(groups), THREE)
    seen = [set(names[rows]) for rows in parts.values()]
    assert sum(map(len, seen)) == len(set(names))
    largest = np.bincount(groups).max()
    for name, rows in parts.items():
        assert abs(len(rows) - THREE[name] * len(groups)) <= largest


@pytest.mark.parametrize("seed", range(3))
def test_groups_rich_in_a_label_are_spread_too(seed):
    """Each split has its share of the samples and the same rates of all labels: none gets the dense groups."""
    random = np.random.default_rng(seed)
    rich = random.random(400) ** 3
    groups = np.repeat(np.arange(400), random.integers(1, 20, 400))
    values = random.random((len(groups), 2)) < np.stack([rich[groups], np.full(len(groups), 0.05)], 1)
    parts = stratified_split(tags(values, groups=np.array([f"g{i}" for i in groups])), THREE, seed)
    for name, rows in parts.items():
        assert len(rows) / len(values) == pytest.approx(THREE[name], abs=0.01)
        np.testing.assert_allclose(values[rows].mean(0), values.mean(0), rtol=0.06)


@pytest.mark.filterwarnings("ignore:groups are too")
@pytest.mark.parametrize("sizes", [[5, 5, 5], [5, 5, 5, 5], [90, 1, 1], [1, 1, 90], [2] * 7])
def test_no_split_is_empty_where_there_are_groups_for_all(sizes):
    groups = np.repeat([f"g{i}" for i in range(len(sizes))], sizes)
    for seed in range(5):
        parts = stratified_split(classes(np.arange(len(groups)) % 2, groups=groups), THREE, seed)
        check_partition(parts, len(groups), THREE)
        assert len(parts["train"]) >= max(map(len, parts.values()))


@pytest.mark.filterwarnings("ignore:groups are too")
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_order_of_rows_does_not_matter_where_ids_or_groups_tell_them_apart(seed, grouped):
    random = np.random.default_rng(seed)
    n = 60
    values, ids = random.random((n, 4)) < 0.3, np.array([f"{i:03d}.png" for i in range(n)])
    beside = {"ids": ids} | ({"groups": np.array([f"g{i}" for i in random.integers(20, size=n)])} if grouped else {})
    annotations = tags(values, **beside)
    order = random.permutation(n)
    parts = stratified_split(annotations, THREE, 3)
    shuffled = stratified_split(annotations.select(order), THREE, 3)
    for name in THREE:
        assert set(ids[parts[name]]) == set(ids[order][shuffled[name]])


def test_samples_of_one_id_stay_together():
    ids = np.array([f"{i // 3}.png" for i in range(90)])
    parts = stratified_split(tags(np.random.default_rng(0).random((90, 2)) < 0.4, ids=ids), THREE, 0)
    check_partition(parts, 90, THREE)
    assert sum(len(set(ids[rows])) for rows in parts.values()) == 30


def test_the_rarest_label_goes_first_by_hand():
    values = np.zeros((20, 2))
    values[:4, 0] = 1  # rare, and always beside the other
    values[:16, 1] = 1
    parts = stratified_split(tags(values), {"train": 0.5, "test": 0.5}, 0)
    for rows in parts.values():
        assert values[rows].sum(0).tolist() == [2, 8]
        assert len(rows) == 10


def test_dimensions_are_spread_by_quantiles_and_missing_ones_too():
    random = np.random.default_rng(0)
    values = np.full((1000, 1), math.nan)
    some = random.permutation(1000)[:60]
    values[some, 0] = np.exp(3 * random.normal(size=60))  # skewed: no bins of equal width
    annotations = Annotations(TaskSet([Dimensional("d", ["x"])]), {"d": values})
    edges = np.quantile(values[some, 0], [0.2, 0.4, 0.6, 0.8])
    for name, rows in stratified_split(annotations, THREE, 0).items():
        seen = values[rows, 0][~np.isnan(values[rows, 0])]
        counts = np.bincount(np.searchsorted(edges, seen, side="right"), minlength=5)
        assert np.abs(counts - 12 * THREE[name]).max() <= 1.3


def test_negatives_are_spread_where_a_tag_is_not_always_annotated():
    values = np.full((400, 1), math.nan)
    values[:20], values[20:30] = 1, 0
    for name, rows in stratified_split(tags(values), {"train": 0.5, "test": 0.5}, 1).items():
        assert ((values[rows] == 1).sum(), (values[rows] == 0).sum(), len(rows)) == (10, 5, 200), name


def test_sparse_tags_are_split_as_dense_ones():
    values = np.random.default_rng(0).random((80, 5)) < 0.2
    dense = tags(values)
    flat = Annotations(dense.tasks, {"tags": sparse.csr_matrix(values.astype(np.float32))})
    for name, rows in stratified_split(dense, THREE, 2).items():
        np.testing.assert_array_equal(rows, stratified_split(flat, THREE, 2)[name])


def test_seeds_differ():
    annotations = classes(np.arange(200) % 4)
    first, second = (stratified_split(annotations, THREE, seed)["test"].tolist() for seed in (0, 1))
    assert first != second


@pytest.mark.parametrize(
    ("annotations", "says"),
    [
        (classes([0, 1]), r"2 sample\(s\) cannot be divided among train, val, test"),
        (classes([0] * 9, groups=["a"] * 5 + ["b"] * 4), r"2 group\(s\) cannot be divided"),
        (classes([0] * 12, groups=["a"] * 10 + ["b", "c"]), None),
        (classes([]), r"0 sample\(s\)"),
    ],
)
def test_too_few_to_divide(annotations, says):
    if says is None:
        with pytest.warns(GcnlabelWarning, match="groups are too large, or too few, .*: train has 0.83 of"):
            check_partition(stratified_split(annotations, THREE, 0), 12, THREE)
        return
    with pytest.raises(InputError, match=says):
        stratified_split(annotations, THREE, 0)


def test_a_part_without_a_sample_is_named():
    with pytest.raises(InputError, match=r"(?s)the test split has no sample: 0.02 of 10.*a larger fraction"):
        stratified_split(classes([0] * 10), {"train": 0.78, "val": 0.2, "test": 0.02}, 0)


@pytest.mark.parametrize("name", ["emotions", "yeast", "birds", "medical"])
def test_labels_of_real_data_are_spread_better_than_at_random(name, shared_data):
    folder = shared_data / "multilabel" / name
    files = {path.stem.rpartition("-")[2]: path for path in folder.glob("*.arff")}
    annotations = read_arff_splits(files, next(folder.glob("*.xml")))
    values = annotations.targets["labels"]
    rare = values.sum(0) <= max(np.median(values.sum(0)), 10)

    def spread(parts):
        """Mean deviation of the labels' shares, of all and of rare ones, relative to what a part should hold."""
        off = [np.abs(values[rows].sum(0) / (THREE[part] * values.sum(0)) - 1) for part, rows in parts.items()]
        return np.mean(off), np.mean([of[rare] for of in off])

    ours, plain = [], []
    for seed in range(5):
        ours.append(spread(stratified_split(annotations, THREE, seed)))
        bounds = [round(0.7 * len(values)), round(0.85 * len(values))]
        rows = np.split(np.random.default_rng(seed).permutation(len(values)), bounds)
        plain.append(spread(dict(zip(THREE, rows, strict=True))))
    ours, plain = np.mean(ours, 0), np.mean(plain, 0)
    assert (ours < (0.7 if name == "medical" else 0.5) * plain).all(), (ours, plain)
