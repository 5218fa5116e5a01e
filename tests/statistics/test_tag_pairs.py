import numpy as np
import pytest
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.statistics import CoOccurrence, Phi, pair_counts
from gcnlabel.statistics import tag_pairs as module
from gcnlabel.statistics.pair_counts import PairCounts
from gcnlabel.statistics.tag_pairs import tag_pairs
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet


def draw(samples=200, labels=9, share=0.3, seed=0):
    return (np.random.default_rng(seed).random((samples, labels)) < share).astype(np.float32)


@pytest.mark.parametrize("few", [0, 2**16])
@pytest.mark.parametrize("at_once", [1, 40, 2**20])
@pytest.mark.parametrize(
    "shape", [(200, 9, 0.3), (200, 9, 1.0), (200, 9, 0.0), (0, 3, 0.5), (1, 1, 1.0), (50, 60, 0.5)]
)
def test_equals_the_dense_product(few, at_once, shape, monkeypatch):
    monkeypatch.setattr(module, "FEW_PAIRS", few)
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", at_once)
    monkeypatch.setattr(module, "ENTRIES_AT_ONCE", at_once)
    dense = draw(*shape)
    tags = sparse.csr_matrix(dense)
    found = tag_pairs(tags)
    assert np.issubdtype(found.dtype, np.integer)
    assert (found.toarray() == dense.T @ dense).all()
    assert (tags.toarray() == dense).all()


@pytest.mark.parametrize("few", [0, 2**16])
def test_a_tag_named_twice_counts_once_and_a_stored_zero_not(few, monkeypatch):
    monkeypatch.setattr(module, "FEW_PAIRS", few)
    tags = sparse.csr_matrix((np.array([1, 1, 1, 0.0]), np.array([2, 0, 2, 1]), np.array([0, 4])), shape=(1, 3))
    assert tag_pairs(tags).toarray().tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    assert tags.nnz == 4  # the input is unchanged


@pytest.mark.parametrize("rows", [1, 7, 10**6])
def test_dense_indicators_in_blocks(rows, monkeypatch):
    tags, moods = draw(50, 3), np.random.default_rng(1).integers(-1, 2, 50)
    tags[np.random.default_rng(2).random(tags.shape) < 0.2] = np.nan
    tasks = TaskSet([MultiLabel("tags", ("x", "y", "z")), Categorical("mood", ("sad", "happy"))])
    annotations = Annotations(tasks, {"tags": tags, "mood": moods})
    whole = Phi(tasks, "mood", "tags").update(annotations)
    blocks = list(pair_counts._row_blocks(annotations, tasks["mood"], tasks["tags"]))
    monkeypatch.setattr(pair_counts, "DENSE_AT_ONCE", 5 * rows)
    cut = Phi(tasks, "mood", "tags").update(annotations)
    blocks_cut = list(pair_counts._row_blocks(annotations, tasks["mood"], tasks["tags"]))
    assert (len(blocks), len(blocks_cut)) == (1, -(-50 // min(rows, 50)))
    for name in ("both", "first", "second", "total"):
        assert (getattr(cut.counts, name) == getattr(whole.counts, name)).all()


def test_more_samples_than_32_bits_count():
    tasks = TaskSet([MultiLabel("tags", ("x", "y"))])
    annotations = Annotations(tasks, {"tags": sparse.csr_matrix(np.ones((2, 2)))})
    statistic = CoOccurrence(tasks, "tags", "tags")
    for _ in range(31):  # doubled each time
        statistic.update(annotations).merge(statistic)
    assert statistic.counts.total[0, 0] == statistic.counts.both[0, 1] == sum(2 * 2**i for i in range(1, 32))
    assert PairCounts.of(annotations, tasks["tags"], tasks["tags"]).both.dtype == np.int32
