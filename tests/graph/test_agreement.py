import warnings

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from gcnlabel.errors import DisagreeingEdgesWarning, InputError
from gcnlabel.graph import LabelGraph, agreement_of, joined_graph, similarity_graph
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

LABELS = tuple("abcdefgh")


def raw(matrix, labels=LABELS, **history):
    return LabelGraph.from_dense(matrix, labels, history=history)


def vectors(seed=0, labels=LABELS):
    return torch.randn(len(labels), 4, generator=torch.Generator().manual_seed(seed))


def test_the_correlation_is_scipys_and_matches_by_name():
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(size=(2, 8, 8)).round(1)  # with ties
    off = ~np.eye(8, dtype=bool)
    found = agreement_of(raw(ours), raw(theirs))
    assert found.correlation == pytest.approx(spearmanr(ours[off], theirs[off]).statistic)
    assert found.pairs == 56
    order = rng.permutation(8)
    more = np.pad(theirs[np.ix_(order, order)], (0, 2), constant_values=9.0)  # two new labels
    again = agreement_of(raw(ours), raw(more, (*np.array(LABELS)[order], "new", "newer")))
    assert again == found


def test_p_is_that_of_labels_that_change_places():
    rng = np.random.default_rng(1)
    ours = rng.normal(size=(8, 8))
    theirs = 0.4 * ours + rng.normal(size=(8, 8))
    found = agreement_of(raw(ours), raw(theirs))
    off = ~np.eye(8, dtype=bool)
    drawn = [spearmanr(ours[off], theirs[np.ix_(o, o)][off]).statistic for o in map(rng.permutation, [8] * 2000)]
    assert found.p == pytest.approx(np.mean(np.array(drawn) >= found.correlation), abs=0.05)


def test_only_measured_pairs_count_and_tasks_do_not_mix():
    tasks = TaskSet([MultiLabel("tags", tuple("abcd")), Dimensional("affect", ("v", "w"))])
    matrix = np.random.default_rng(2).normal(size=(6, 6))
    between = LabelGraph.from_dense(matrix, tasks, history={"blocks": [{"tasks": ["affect", "tags"]}]})
    inside = np.zeros((6, 6), dtype=bool)
    inside[:4, 4:] = inside[4:, :4] = True
    other = np.where(inside, matrix, -matrix)
    found = agreement_of(between, LabelGraph.from_dense(other, tasks))
    assert (found.correlation, found.pairs) == (pytest.approx(1), 16)
    # what a whole task has in common is no agreement of labels
    level = np.add.outer([0, 0, 0, 0, 5, 5], [0, 0, 0, 0, 5, 5]) + 0.01 * matrix
    other = np.add.outer([0, 0, 0, 0, 5, 5], [0, 0, 0, 0, 5, 5]) - 0.01 * matrix
    found = agreement_of(LabelGraph.from_dense(level, tasks), LabelGraph.from_dense(other, tasks))
    assert found.correlation > 0.4
    assert found.p > 0.9


def test_names_that_disagree_are_warned_of_with_number_and_meaning():
    x = vectors()
    names = similarity_graph([*LABELS, "new"], torch.cat([x, x[:1]]))
    cosines = names.adjacency()[:8, :8].numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joined_graph(raw(cosines), names)
    text = r"cosines of the embeddings disagree with.*rank correlation -1\.00 over 56 pairs(.|\n)*worse"
    with pytest.warns(DisagreeingEdgesWarning, match=text):
        joined = joined_graph(raw(-cosines), names)
    np.testing.assert_array_equal(joined.adjacency()[8, :8], names.adjacency()[8, :8])  # said, not changed
    with pytest.warns(DisagreeingEdgesWarning, match=r"rank correlation [+-]0\.\d\d over 56"):
        joined_graph(raw(np.random.default_rng(0).normal(size=(8, 8))), names)
    near = cosines + 1.4 * np.random.default_rng(2).normal(size=(8, 8))
    assert 0.1 < agreement_of(raw(near), names).correlation < 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joined_graph(raw(near), names)  # weak, but not by chance
        joined_graph(raw(cosines[:3, :3], LABELS[:3]), names)  # strong, over too few labels for a test
    with pytest.warns(DisagreeingEdgesWarning, match="no rank correlation over 56 pairs"):
        joined_graph(raw(cosines), similarity_graph(LABELS, torch.eye(8)))  # one-hot: all alike


def test_other_statistics_are_held_to_the_same_where_there_are_enough_labels():
    matrix = np.random.default_rng(0).normal(size=(8, 8))
    with pytest.warns(DisagreeingEdgesWarning, match="statistics of another source disagree with"):
        joined_graph(raw(matrix), raw(-matrix))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joined_graph(raw(matrix), raw(matrix + 0.1))
        joined_graph(raw(matrix[:3, :3], LABELS[:3]), raw(-matrix))  # three labels tell nothing


def test_a_label_that_is_not_there():
    with pytest.raises(InputError, match="unknown label 'h'"):
        agreement_of(raw(np.eye(8)), raw(np.eye(7), LABELS[:7]))
