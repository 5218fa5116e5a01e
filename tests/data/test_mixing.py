"""Mixtures of samples: inputs and targets by one share, missing targets missing, for classes, tags and dimensions."""

import numpy as np
import pytest
import torch

from gcnlabel.config import parse_config
from gcnlabel.data.mixing import MIXINGS
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, train
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([Categorical("mood", ["a", "b", "c"]), MultiLabel("tags", ["x", "y"]), Dimensional("year", ["v"])])


def batch(images=False):
    rng = np.random.default_rng(0)
    size = (8, 3, 10, 12) if images else (8, 5)
    inputs = torch.as_tensor(rng.integers(0, 256, size), dtype=torch.uint8) if images else torch.rand(size)
    targets = {
        "mood": torch.tensor([0, 1, 2, -1, 0, 1, 2, 0]),
        "tags": torch.tensor([[0.0, 1.0]] * 7 + [[torch.nan, 1.0]]),
        "year": torch.arange(8.0)[:, None],
    }
    return inputs, targets


def test_mixup_by_hand():
    inputs, targets = batch()
    torch.manual_seed(2)
    mixed, found = MIXINGS.make({"name": "mixup", "alpha": 1.0})(inputs, targets, TASKS)
    torch.manual_seed(2)
    torch.rand(())
    first = float(torch._sample_dirichlet(torch.tensor([1.0, 1.0]))[0])
    other = torch.randperm(8)
    assert 0 < first < 1
    torch.testing.assert_close(mixed, first * inputs + (1 - first) * inputs[other])
    torch.testing.assert_close(found["year"], first * targets["year"] + (1 - first) * targets["year"][other])
    for i, j in enumerate(other.tolist()):
        if 3 in (i, j):  # the class of the fourth is missing
            assert found["mood"][i].isnan().all()
            continue
        wanted = np.zeros(3)
        np.add.at(wanted, [targets["mood"][i], targets["mood"][j]], [first, 1 - first])
        assert found["mood"][i].numpy() == pytest.approx(wanted)
    assert found["tags"].isnan().sum() == (1 if other[7] == 7 else 2)


def test_cutmix_mixes_targets_by_the_area_that_it_cuts():
    inputs, targets = batch(images=True)
    targets["year"] = torch.full((8, 1), 5.0)
    for seed in range(30):
        torch.manual_seed(seed)
        before = inputs.clone()
        mixed, found = MIXINGS.make("cutmix")(inputs, targets, TASKS)
        assert torch.equal(inputs, before)
        assert mixed.dtype == torch.uint8
        torch.testing.assert_close(found["year"], targets["year"])
        changed = (mixed != inputs).any(1).any(0).float().mean()  # of all images; equal pixels are not seen
        rows = [i for i in range(8) if not found["mood"][i].isnan().any() and targets["mood"][i] == 0]
        shares = found["mood"][rows, 0]
        assert (shares >= 1 - changed - 0.02).all()


def test_a_share_of_the_batches_is_mixed():
    inputs, targets = batch()
    torch.manual_seed(0)
    mixing = MIXINGS.make({"name": "mixup", "share": 0.25})
    same = [mixing(inputs, targets, TASKS)[0] is inputs for _ in range(200)]
    assert 0.65 < np.mean(same) < 0.85


def test_features_are_not_cut():
    with pytest.raises(InputError, match="cutmix of inputs that are not images"):
        MIXINGS.make("cutmix")(*batch(), TASKS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_a_config_trains_with_it(name, tmp_path):
    content = {
        "data": {"source": "synthetic-faces", "train": 60, "val": 20, "test": 20},
        "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": "linear"},
        "training": {"epochs": 2, "mix": name, "augment": {"name": "sequence", "of": ["flip", "erase"]}},
    }
    runs = [train(parse_config(content), RunFolder(tmp_path / str(k)), progress=False) for k in range(2)]
    assert runs[0]["tasks"] == runs[1]["tasks"]
    plain = train(parse_config({**content, "training": {"epochs": 2}}), RunFolder(tmp_path / "plain"), progress=False)
    assert plain["tasks"] != runs[0]["tasks"]
