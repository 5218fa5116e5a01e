from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.errors import InputError
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.studies.ablation import LabelBudget
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

PARTS = ("train", "val", "test")


def same(one, other):
    return np.array_equal(one, other, equal_nan=True)


def untouched(before, after, tasks, parts):
    for part in parts:
        assert same(before.parts[part].inputs, after.parts[part].inputs)
        for name in tasks:
            old, new = (data.parts[part].annotations.targets[name] for data in (before, after))
            assert same(old, new), (part, name)


@pytest.mark.parametrize(("share", "size"), [(0.25, 20), (0.03, 2), (0.5, 40), (1.0, 80)])
def test_a_share_takes_whole_samples_of_the_training_part_alone(share, size, data):
    subsample = LabelBudget(share).subsample(data, 3)
    part, whole = subsample.parts["train"], data.parts["train"]
    assert len(part.annotations) == len(part.inputs) == size
    rows = [int(np.flatnonzero((whole.inputs == row).all(1))[0]) for row in part.inputs]
    assert sorted(set(rows)) == rows  # each once, in their order
    for name, target in part.annotations.targets.items():
        assert same(target, whole.annotations.targets[name][rows])
    untouched(data, subsample, data.tasks.names, ("val", "test"))


def test_a_seed_draws_the_samples(data):
    first, again, other = (LabelBudget(0.25).subsample(data, seed).parts["train"].inputs for seed in (0, 0, 1))
    assert same(first, again)
    assert not same(first, other)


@pytest.mark.parametrize("seed", [0, 1])
def test_each_dimension_has_few_samples_of_its_own(seed, data):
    subsample = LabelBudget(task="affect", samples=7).subsample(data, seed)
    found, whole = (d.parts["train"].annotations.targets["affect"] for d in (subsample, data))
    kept = ~np.isnan(found)
    assert kept.sum(0).tolist() == [7, 7]
    assert not same(kept[:, 0], kept[:, 1])
    assert same(found[kept], whole[kept])
    untouched(data, subsample, ["mood", "tags"], ["train"])
    untouched(data, subsample, data.tasks.names, ["val", "test"])


def test_tags_and_classes_are_annotated_on_the_same_few_samples(data):
    subsample = LabelBudget(task="tags", samples=7).subsample(data, 0)
    found, whole = (d.parts["train"].annotations.targets["tags"] for d in (subsample, data))
    rows = ~np.isnan(found).all(1)
    assert rows.sum() == 7
    assert same(found[rows], whole[rows])  # what was missing in them still is
    untouched(data, subsample, ["mood", "affect"], ["train"])
    subsample = LabelBudget(task="mood", samples=7).subsample(data, 0)
    codes, whole = (d.parts["train"].annotations.targets["mood"] for d in (subsample, data))
    assert (codes >= 0).sum() == 7
    assert (codes[codes >= 0] == whole[codes >= 0]).all()


def test_other_seeds_draw_other_few_samples(data):
    first, again, other = (
        LabelBudget(task="mood", samples=9).subsample(data, s).parts["train"].annotations.targets["mood"]
        for s in (0, 0, 1)
    )
    assert same(first, again)
    assert not same(first, other)


def test_all_are_kept_where_there_are_fewer(data):
    assert same(
        LabelBudget(task="affect", samples=1000).subsample(data, 0).parts["train"].annotations.targets["affect"],
        data.parts["train"].annotations.targets["affect"],
    )


def test_the_data_is_not_changed(data):
    before = {name: target.copy() for name, target in data.parts["train"].annotations.targets.items()}
    for regime in (LabelBudget(0.1), *(LabelBudget(task=name, samples=3) for name in data.tasks.names)):
        regime.subsample(data, 0)
    assert all(same(before[name], target) for name, target in data.parts["train"].annotations.targets.items())


def test_sparse_tags():
    tasks = TaskSet([MultiLabel("tags", ["a", "b"]), Categorical("mood", ["x", "y"]), Dimensional("affect", ["v"])])
    targets = {
        "tags": sparse.csr_matrix(np.eye(2)[[0, 1, 0, 1, 1]]),
        "mood": np.arange(5) % 2,
        "affect": np.ones((5, 1)),
    }
    part = SampleSet(Annotations(tasks, targets), np.arange(10.0).reshape(5, 2))
    data = RunData(tasks, dict.fromkeys(PARTS, part))
    assert LabelBudget(0.4).subsample(data, 0).parts["train"].annotations.targets["tags"].shape == (2, 2)
    few = LabelBudget(task="tags", samples=2).subsample(data, 0).parts["train"].annotations.targets["tags"]
    assert (~np.isnan(few)).all(1).sum() == 2


def test_names():
    assert str(LabelBudget()) == "100% of the samples"
    assert str(LabelBudget(0.125)) == "12.5% of the samples"
    assert str(LabelBudget(task="tags", samples=3)) == "tags on 3 samples"


@pytest.mark.parametrize(
    ("regime", "text"),
    [
        (LabelBudget(0.01), r"0\.01 of 80 samples\n  expected: at least 2 samples"),
        (LabelBudget(task="affects", samples=3), r"affects.*(.|\n)*did you mean 'affect'"),
    ],
)
def test_what_cannot_be_drawn(regime, text, data):
    with pytest.raises(InputError, match=text):
        regime.subsample(data, 0)


@pytest.mark.parametrize(
    "options",
    [{"share": 0.0}, {"share": 1.5}, {"share": float("nan")}, {"task": "affect"}, {"task": "a", "samples": -1}],
)
def test_amounts_that_are_none(options):
    with pytest.raises(InputError, match="expected: (a share|at least 1)"):
        LabelBudget(**options)


def test_images_on_disk_are_not_read(data):
    class Unread(LazyImages):
        def _read(self, rows):
            raise AssertionError("read")

    train = replace(data.parts["train"], inputs=Unread(80, (1, 4, 4)))
    subsample = (
        LabelBudget(0.25).subsample(replace(data, parts={**data.parts, "train": train}), 0).parts["train"].inputs
    )
    assert isinstance(subsample, LazyImages)
    assert subsample.shape == (20, 1, 4, 4)
