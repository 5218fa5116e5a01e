import copy
import itertools
from collections import OrderedDict
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import save_file

from gcnlabel.data import ArrayDataset, SeededRows
from gcnlabel.errors import InputError
from gcnlabel.training import MultiTaskDataModule, SafeCheckpointIO, load_checkpoint, make_optimizer, schedule_factor
from gcnlabel.training.batches import EpochShuffle, SharedBatches, WithScarce
from gcnlabel.training.epoch_table import write_rows
from gcnlabel.training.optimizers import groups_of_sides

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    shared = torch.arange(6.0)
    checkpoint = {
        "state_dict": OrderedDict(a=shared.view(2, 3).T, b=shared[:2], empty=torch.zeros(0), i=torch.tensor(3)),
        "loops": {1: (True, None, "text", 0.5), "nested": [{"x": torch.ones(1, dtype=torch.bfloat16)}]},
        "path": Path("best.safetensors"),
        "inf": float("inf"),
        "epoch": 3,
    }
    SafeCheckpointIO().save_checkpoint(checkpoint, tmp_path / "c.safetensors")
    found = SafeCheckpointIO().load_checkpoint(tmp_path / "c.safetensors")
    assert type(found["state_dict"]) is OrderedDict
    for name, value in checkpoint["state_dict"].items():
        assert torch.equal(found["state_dict"][name], value)
        assert found["state_dict"][name].dtype == value.dtype
    assert found["loops"][1] == (True, None, "text", 0.5)
    assert found["loops"]["nested"][0]["x"].dtype == torch.bfloat16
    assert found["path"] == "best.safetensors"
    assert found["inf"] == float("inf")


def test_what_is_no_plain_value_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(TypeError, match="not function"):
        SafeCheckpointIO().save_checkpoint({"f": lambda: 0}, tmp_path / "c.safetensors")
    assert not list(tmp_path.iterdir())


def test_damaged_and_foreign_checkpoints_are_named(tmp_path):
    SafeCheckpointIO().save_checkpoint({"a": torch.zeros(100)}, tmp_path / "c.safetensors")
    (tmp_path / "cut.safetensors").write_bytes((tmp_path / "c.safetensors").read_bytes()[:-7])
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    save_file({}, tmp_path / "odd.safetensors", metadata={"format": "gcnlabel.checkpoint", "checkpoint": "{"})
    for name, message in [
        ("cut", "is damaged"),
        ("foreign", "no checkpoint of gcnlabel"),
        ("odd", "is damaged"),
        ("none", "not found"),
    ]:
        with pytest.raises(InputError, match=message):
            load_checkpoint(tmp_path / f"{name}.safetensors")


def test_the_order_depends_on_seed_and_epoch_alone():
    orders = {}
    for seed, epoch in [(0, 0), (0, 1), (1, 0)]:
        sampler = EpochShuffle(50, seed)
        sampler.set_epoch(epoch)
        torch.rand(3)  # whatever was drawn before
        orders[seed, epoch] = list(sampler)
        drawn = torch.rand(1)
        assert sorted(orders[seed, epoch]) == list(range(50))
        torch.rand(5)
        assert list(sampler) == orders[seed, epoch]
        assert torch.equal(torch.rand(1), drawn)
    assert len({tuple(order) for order in orders.values()}) == 3


@pytest.mark.parametrize(("size", "batches"), [(8, [4, 4]), (9, [4, 4]), (10, [4, 4, 2]), (1, [1])])
def test_a_last_batch_of_one_is_left_out_in_training_alone(size, batches):
    dataset = ArrayDataset(np.zeros((size, 2)), {"a": torch.zeros(size)})
    data = MultiTaskDataModule({"train": dataset, "val": dataset}, batch_size=4)
    assert [len(inputs) for inputs, _ in data.train_dataloader()] == batches
    assert sum(len(inputs) for inputs, _ in data.val_dataloader()) == size


def drawn(workers, epochs):
    """What is drawn for the batches of some epochs, whose samples are all 0."""
    dataset = ArrayDataset(np.zeros((8, 1)), {"a": torch.zeros(8)}, transform=lambda rows: rows + torch.rand(1))
    loader = MultiTaskDataModule({"train": dataset}, batch_size=4, seed=3, workers=workers).train_dataloader()
    values = []
    for epoch in epochs:
        loader.batch_sampler.sampler.set_epoch(epoch)
        values += [inputs[0, 0].item() for inputs, _ in loader]
    return values


def test_what_is_drawn_depends_on_seed_epoch_and_batch_alone():
    here = drawn(workers=0, epochs=(0, 1))
    assert len(set(here)) == 4
    assert drawn(workers=2, epochs=(0, 1)) == here  # the same workers, in the second epoch too
    assert drawn(workers=1, epochs=(1,)) == here[2:]  # as a run does that goes on


def test_augmenting_leaves_the_global_generator_as_it_was():
    dataset = ArrayDataset(np.zeros((8, 1)), {"a": torch.zeros(8)}, transform=lambda rows: rows + torch.rand(1))
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    dataset.__getitems__(SeededRows([0, 1], 5))
    assert torch.equal(torch.rand(1), expected)


def test_schedules_follow_their_formulas():
    cosine = schedule_factor("cosine", 8, 1, 0.1)
    assert [cosine(t) for t in (0, 2, 4, 8, 9)] == pytest.approx([1, (1 + 0.5**0.5) / 2, 0.5, 0, 0])
    step = schedule_factor("step", 8, 3, 0.5)
    assert [step(t) for t in (0, 2.9, 3, 6)] == [1, 1, 0.5, 0.25]
    assert schedule_factor("constant", 8, 3, 0.5)(7) == 1


def test_optimizers_take_their_settings():
    parameter = [torch.nn.Parameter(torch.ones(1))]
    sgd = make_optimizer(parameter, "sgd", 0.1, 0.01, 0.9)
    assert type(sgd) is torch.optim.SGD
    assert {sgd.defaults[k] for k in ("lr", "weight_decay", "momentum")} == {0.1, 0.01, 0.9}
    assert type(make_optimizer(parameter, "adamw", 0.1, 0.01, 0.9)) is torch.optim.AdamW


def test_the_table_of_epochs_takes_new_columns(tmp_path):
    write_rows(tmp_path / "m.csv", [{"epoch": 1, "a": 0.5}, {"epoch": 2, "a": 0.25, "b": 1.0}])
    assert pl.read_csv(tmp_path / "m.csv").rows() == [(1, 0.5, None), (2, 0.25, 1.0)]


@pytest.mark.parametrize(
    ("size", "batch", "processes"), [(7, 2, 2), (9, 2, 2), (8, 4, 1), (9, 4, 1), (1, 4, 1), (13, 2, 3)]
)
def test_shares_of_a_batch_are_the_batch_of_one_process(size, batch, processes):
    of_all = [SharedBatches(EpochShuffle(size, 0, rank), batch, rank, processes) for rank in range(processes)]
    shares = [list(batches) for batches in of_all]
    assert len({len(share) for share in shares}) == 1
    assert [len(batches) for batches in of_all] == [len(share) for share in shares]
    whole = list(SharedBatches(EpochShuffle(size, 0), batch * processes))
    left = size % (batch * processes)
    if 0 < left < processes:
        whole = whole[:-1] if left > 1 else whole
    together = [list(itertools.chain(*parts)) for parts in zip(*shares, strict=True)]
    assert [sorted(rows) for rows in together] == [sorted(rows) for rows in whole]
    for batches in of_all:
        assert [batches.samples_of_all(k) for k in range(len(batches))] == [len(rows) for rows in together]
    assert all(share for part in shares for share in part)


def test_scarce_samples_are_added_to_each_batch_and_all_come_round():
    rows = torch.tensor([3, 5, 9, 11])
    loaders = []
    for rank in range(2):
        shuffle = EpochShuffle(12, seed=4, rank=rank)
        loaders.append(list(WithScarce(SharedBatches(shuffle, 3, rank, 2), rows, 2)))
    plain = [list(SharedBatches(EpochShuffle(12, seed=4, rank=rank), 3, rank, 2)) for rank in range(2)]
    for found, without in zip(loaders, plain, strict=True):
        assert [batch[:3] for batch in found] == without
        assert all(len(batch) == 5 and set(batch[3:]) <= set(rows.tolist()) for batch in found)
    for first, second in zip(*loaders, strict=True):
        assert sorted(first[3:] + second[3:]) == rows.tolist()  # what two processes add together, each once
    alone = list(WithScarce(SharedBatches(EpochShuffle(12, seed=4), 6), rows, 4))
    assert [sorted(batch) for batch in alone] == [sorted(a + b) for a, b in zip(*loaders, strict=True)]


def test_sides_have_a_learning_rate_and_weight_decay_of_their_own():
    model = torch.nn.ModuleDict({"backbone": torch.nn.Linear(2, 2), "head": torch.nn.Linear(2, 1)})
    sides = {"backbone": {"lr": 0.0, "weight_decay": 0.0}, "head": {}}
    groups = groups_of_sides(model.named_parameters(), sides)
    assert [len(group["params"]) for group in groups] == [2, 2]
    before = copy.deepcopy(model.state_dict())
    optimizer = make_optimizer(groups, "adamw", 0.1, 0.5, 0.0)
    model["head"](model["backbone"](torch.ones(1, 2))).sum().backward()
    optimizer.step()
    same = {name: torch.equal(value, before[name]) for name, value in model.state_dict().items()}
    assert same == {"backbone.weight": True, "backbone.bias": True, "head.weight": False, "head.bias": False}
    assert len(groups_of_sides(model.named_parameters(), {"backbone": {}, "head": {}})) == 1
