import numpy as np
import pytest
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.training import draw_rows, rare_rows

TASKS = TaskSet(
    [Categorical("mood", ["x", "y"]), MultiLabel("tags", ["a", "b"]), Dimensional("affect", ["valence", "arousal"])]
)


def annotated(mood, tags, affect, size=200):
    """Annotations in which the first so many samples have a class, each tag and each dimension."""
    rows = np.arange(size)
    codes = np.where(rows < mood, rows % 2, -1)
    of_tags = np.stack([np.where(rows < n, 1.0, np.nan) for n in tags], 1)
    values = np.stack([np.where(rows < n, 0.5, np.nan) for n in affect], 1)
    return Annotations(TASKS, {"mood": codes, "tags": of_tags, "affect": values})


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((200, (200, 200), (200, 200)), 0),
        ((200, (200, 200), (100, 200)), 0),  # 32 x 100 / 200 = 16 in a batch
        ((200, (200, 200), (99, 200)), 99),
        ((40, (200, 200), (200, 200)), 40),
        ((200, (200, 30), (200, 200)), 30),
        ((20, (200, 30), (10, 0)), 30),
        ((0, (200, 200), (200, 0)), 0),
    ],
)
def test_labels_of_which_a_batch_holds_few(counts, expected):
    assert rare_rows(annotated(*counts), 32).tolist() == list(range(expected))


def test_batches_that_hold_every_sample_need_no_more():
    assert rare_rows(annotated(3, (3, 3), (3, 3)), 200).tolist() == []
    assert rare_rows(annotated(3, (3, 3), (3, 3)), 199).tolist() == [0, 1, 2]


def test_a_label_that_every_sample_annotates_is_not_rare_in_small_batches():
    assert rare_rows(annotated(200, (200, 200), (200, 200)), 8).tolist() == []
    assert rare_rows(annotated(200, (200, 200), (5, 200)), 8).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("size", "count", "batches"), [(5, 3, 7), (1, 4, 3), (8, 8, 2), (3, 1, 1), (4, 9, 2)])
def test_all_come_round_before_one_returns(size, count, batches):
    drawn = draw_rows(size, count, batches, torch.Generator().manual_seed(1))
    assert drawn.shape == (batches, count)
    for lap in drawn.flatten().split(size):
        assert len(set(lap.tolist())) == len(lap)
    again = draw_rows(size, count, batches, torch.Generator().manual_seed(1))
    assert torch.equal(drawn, again)


def test_nothing_to_draw_from():
    with pytest.raises(ValueError, match="no sample"):
        draw_rows(0, 1, 1, torch.Generator())
