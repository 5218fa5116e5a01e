import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import matthews_corrcoef

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, UndefinedStatisticWarning
from gcnlabel.statistics import STATISTICS, LabelStatistics, conditional_from_counts, default_blocks
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("expression", ("sad", "happy", "calm")),
        MultiLabel("tags", ("cat", "dog")),
        Dimensional("affect", ("valence", "arousal")),
    ]
)


def draw(n: int, seed: int, missing: float = 0.2) -> Annotations:
    rng = np.random.default_rng(seed)
    expression = rng.integers(0, 3, n)
    expression[rng.uniform(size=n) < missing] = -1
    tags = rng.integers(0, 2, (n, 2)).astype(float)
    affect = np.round(rng.normal(size=(n, 2)) + (expression == 1)[:, None], 1)  # ties
    tags[rng.uniform(size=tags.shape) < missing] = np.nan
    affect[rng.uniform(size=affect.shape) < missing] = np.nan
    return Annotations(TASKS, {"expression": expression, "tags": tags, "affect": affect})


def columns(annotations: Annotations) -> np.ndarray:
    return np.concatenate([annotations.indicators(task.name) for task in TASKS], axis=1)


def pairwise(values: np.ndarray, function) -> np.ndarray:
    """One pair at a time, over the samples that have both."""
    size = values.shape[1]
    result = np.ones((size, size))
    for i, j in itertools.permutations(range(size), 2):
        both = ~np.isnan(values[:, [i, j]]).any(1)
        result[i, j] = function(values[both, i], values[both, j])[0]
    return result


@pytest.mark.parametrize(("name", "reference"), [("spearman", spearmanr), ("pearson", pearsonr)])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_correlations_equal_scipy(name, reference, missing):
    annotations = draw(300, seed=1, missing=missing)
    matrix = LabelStatistics(TASKS, default_blocks(TASKS, name)).update(annotations).compute()
    np.testing.assert_allclose(matrix, pairwise(columns(annotations), reference), atol=1e-12)


def test_phi_equals_matthews():
    annotations = draw(200, seed=2)
    matrix = LabelStatistics(TASKS, default_blocks(TASKS, "phi")).update(annotations).compute()
    expected = pairwise(columns(annotations)[:, :5], lambda x, y: (matthews_corrcoef(x, y),))
    np.testing.assert_allclose(matrix[:5, :5], expected, atol=1e-12)
    assert not matrix[5:].any()


def test_conditional_probability_by_hand():
    tags = np.array([[1, 1], [1, 0], [1, np.nan], [0, 1]])
    tasks = TaskSet([TASKS["tags"]])
    matrix = (
        LabelStatistics(tasks, {("tags", "tags"): "conditional"}).update(Annotations(tasks, {"tags": tags})).compute()
    )
    np.testing.assert_allclose(matrix, [[0, 1 / 2], [1 / 2, 0]])  # the third sample does not count for the pair


def test_conditional_probability_between_tasks_fills_both_blocks():
    annotations = draw(100, seed=3)
    matrix = LabelStatistics(TASKS, {("expression", "tags"): "conditional"}).update(annotations).compute()
    values = columns(annotations)
    for i, j in itertools.product(range(3), range(3, 5)):
        both = ~np.isnan(values[:, [i, j]]).any(1)
        x, y = values[both, i], values[both, j]
        assert matrix[i, j] == pytest.approx(y[x == 1].mean())
        assert matrix[j, i] == pytest.approx(x[y == 1].mean())


def test_cooccurrence_counts_and_empty_labels():
    assert conditional_from_counts([2, 0], [[0, 1], [0, 0]]).tolist() == [[0, 0.5], [0, 0]]
    annotations = draw(50, seed=4, missing=0)
    tags = annotations.targets["tags"]
    matrix = LabelStatistics(TASKS, {("tags", "tags"): "cooccurrence"}).update(annotations).compute()
    assert matrix[3, 4] == (tags[:, 0] * tags[:, 1]).sum()
    assert matrix[3, 3] == 0


@pytest.mark.parametrize("name", ["phi", "conditional", "cooccurrence", "spearman"])
def test_sparse_tags_equal_dense(name):
    dense = draw(80, seed=5, missing=0)
    tags = sparse.csr_matrix(dense.targets["tags"])
    thin = Annotations(TASKS, {**dense.targets, "tags": tags})
    for blocks in ({("tags", "tags"): name}, {("expression", "tags"): name}):
        ours = LabelStatistics(TASKS, blocks).update(thin).compute()
        np.testing.assert_array_equal(ours, LabelStatistics(TASKS, blocks).update(dense).compute())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=4), st.randoms(), st.sampled_from(STATISTICS.names()))
def test_any_cut_and_any_order_of_merging_give_the_same(cuts, random, name):
    annotations = draw(60, seed=6)
    blocks = default_blocks(TASKS, name)
    edges = sorted({0, 60, *cuts})
    parts = [annotations.select(np.arange(a, b)) for a, b in itertools.pairwise(edges)]
    accumulators = [LabelStatistics(TASKS, blocks).update(part) for part in parts]
    random.shuffle(accumulators)
    first, *rest = accumulators
    for other in rest:
        first.merge(other)
    whole = LabelStatistics(TASKS, blocks).update(annotations)
    assert first.num_samples == 60
    if name == "pearson":
        np.testing.assert_allclose(first.compute(), whole.compute(), atol=1e-12)
    else:
        np.testing.assert_array_equal(first.compute(), whole.compute())  # to the last bit


def test_permuting_the_labels_permutes_the_matrix():
    annotations = draw(100, seed=7)
    turned = TaskSet([Dimensional("affect", ("arousal", "valence")), TASKS["tags"], TASKS["expression"]])
    targets = {**annotations.targets, "affect": annotations.targets["affect"][:, ::-1]}
    ours = LabelStatistics(TASKS, default_blocks(TASKS)).update(annotations).compute()
    theirs = LabelStatistics(turned, default_blocks(turned)).update(Annotations(turned, targets)).compute()
    order = [turned.index(label) for label in TASKS.labels]
    np.testing.assert_allclose(ours, theirs[np.ix_(order, order)], atol=1e-15)


@pytest.mark.parametrize("name", ["spearman", "pearson"])
def test_undefined_pairs_are_zero_and_named(name):
    targets = {
        "expression": np.array([0, 0, 1, 1]),  # calm never occurs
        "tags": np.array([[0, 1], [1, 1], [0, 1], [1, 1]], dtype=float),  # dog always
        "affect": np.array([[0.1, 5], [0.2, 5], [0.3, 5], [np.nan, 5]]),  # arousal is constant
    }
    statistics = LabelStatistics(TASKS, {("expression", "affect"): name})
    with pytest.warns(UndefinedStatisticWarning, match="calm-valence") as caught:
        matrix = statistics.update(Annotations(TASKS, targets)).compute()
    assert len(caught) == 1
    assert "sad-arousal" in str(caught[0].message)
    assert np.isfinite(matrix).all()
    assert matrix[2].any() == matrix[:, 6].any() == False  # noqa: E712
    assert matrix[0, 5] == pytest.approx(spearmanr([1, 1, 0], [0.1, 0.2, 0.3])[0] if name == "spearman" else -0.8660254)


def test_two_samples_are_too_few():
    targets = {"expression": np.array([0, 1]), "tags": np.ones((2, 2)), "affect": np.array([[0.1, 0.2], [0.3, 0.4]])}
    with pytest.warns(UndefinedStatisticWarning):
        matrix = (
            LabelStatistics(TASKS, {("expression", "affect"): "spearman"}).update(Annotations(TASKS, targets)).compute()
        )
    assert not matrix.any()


def test_what_cannot_be_measured():
    with pytest.raises(InputError, match="ConditionalProbability does not suit the dimensional task 'affect'"):
        LabelStatistics(TASKS, {("affect", "tags"): "conditional"})
    with pytest.raises(InputError, match="did you mean 'spearman'"):
        LabelStatistics(TASKS, {("affect", "tags"): "sperman"})
    with pytest.raises(InputError, match="unknown task"):
        LabelStatistics(TASKS, {("affect", "tag"): "spearman"})
    with pytest.raises(InputError, match="named twice"):
        LabelStatistics(TASKS, {("affect", "tags"): "spearman", ("tags", "affect"): "pearson"})
    with pytest.raises(InputError, match="cannot merge"):
        LabelStatistics(TASKS, {("affect", "tags"): "spearman"}).merge(LabelStatistics(TASKS, {}))


def test_real_tweets_equal_scipy(shared_data):
    import pandas as pd

    frame = pd.read_csv(shared_data / "affect_in_tweets" / "labels.csv")
    tasks = TaskSet([MultiLabel("e", ("anger", "joy", "trust")), Dimensional("a", ("valence", "joy_intensity"))])
    targets = {task.name: frame[list(task.labels)].to_numpy() for task in tasks}
    matrix = LabelStatistics(tasks, default_blocks(tasks, "spearman")).update(Annotations(tasks, targets)).compute()
    expected = pairwise(frame[list(tasks.labels)].to_numpy(dtype=float), spearmanr)
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


def test_sparse_targets_are_counted_in_whole_numbers_and_stay_sparse():
    tasks = TaskSet([MultiLabel("tags", ("a", "b", "c"))])
    rng = np.random.default_rng(0)
    dense = (rng.random((500, 3)) < 0.4).astype(np.float32)
    parts = [Annotations(tasks, {"tags": sparse.csr_matrix(part)}) for part in np.split(dense, [100, 101, 400])]
    statistic = STATISTICS.make("cooccurrence", tasks, "tags", "tags")
    for part in parts:
        statistic.update(part)
    assert sparse.issparse(statistic.pairs)
    assert np.issubdtype(statistic.pairs.dtype, np.integer)
    assert (statistic.pairs.toarray() == dense.T @ dense).all()
    counts = statistic.counts
    assert (counts.first == dense.sum(0)[:, None]).all()
    assert (counts.second == dense.sum(0)).all()
    assert (counts.total == 500).all()
    before = statistic.pairs.toarray()
    other = STATISTICS.make("cooccurrence", tasks, "tags", "tags").merge(statistic)
    other.update(parts[0])
    assert (statistic.pairs.toarray() == before).all()  # what was merged is not changed
