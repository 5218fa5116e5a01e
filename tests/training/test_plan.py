import itertools

import numpy as np
import pytest
import torch

from gcnlabel.data import ArrayDataset, SeededRows
from gcnlabel.training import BatchPlan, MultiTaskDataModule

pytestmark = pytest.mark.filterwarnings("ignore")


def plan(batch_size, **options):
    return BatchPlan(**{"epochs": 4, "batch_size": batch_size, **options})


def test_the_order_depends_on_seed_and_epoch_alone():
    orders = {}
    for seed, epoch in [(0, 0), (0, 1), (1, 0)]:
        batches = plan(50, seed=seed).batches(50)
        batches.set_epoch(epoch)
        torch.rand(3)  # whatever was drawn before
        (orders[seed, epoch],) = batches
        drawn = torch.rand(1)
        assert sorted(orders[seed, epoch]) == list(range(50))
        torch.rand(5)
        assert next(iter(batches)) == orders[seed, epoch] == batches.rows(epoch)[0].tolist()
        assert torch.equal(torch.rand(1), drawn)
    assert len({tuple(order) for order in orders.values()}) == 3


def test_an_epoch_is_a_permutation_of_the_seed_times_a_million_and_three():
    """The numbers of runs that are there depend on it, those of dropout on what the permutation left behind."""
    batches = plan(3, seed=7).batches(8)
    batches.set_epoch(2)
    found = [list(rows) for rows in batches]
    drawn = torch.rand(2)
    torch.manual_seed(7 * 1_000_003 + 2)
    order = torch.randperm(8).tolist()
    assert found == [order[:3], order[3:6], order[6:]]
    assert torch.equal(torch.rand(2), drawn)


@pytest.mark.parametrize(("size", "sizes"), [(8, [4, 4]), (9, [4, 4]), (10, [4, 4, 2]), (1, [1])])
def test_a_last_batch_of_one_is_left_out_in_training_alone(size, sizes):
    dataset = ArrayDataset(np.zeros((size, 2)), {"a": torch.zeros(size)})
    data = MultiTaskDataModule({"train": dataset, "val": dataset}, plan(4))
    assert [len(inputs) for inputs, _ in data.train_dataloader()] == sizes
    assert sum(len(inputs) for inputs, _ in data.val_dataloader()) == size


@pytest.mark.parametrize(
    ("bounds", "an_epoch"),
    [
        ({}, 3),
        ({"min_steps": 12}, 3),
        ({"min_steps": 13}, 4),
        ({"min_steps": 40}, 10),
        ({"max_steps": 12}, 3),
        ({"max_steps": 11}, 3),
        ({"max_steps": 8}, 2),
        ({"max_steps": 1}, 1),
        ({"min_steps": 20, "max_steps": 20}, 5),
    ],
)
def test_a_training_has_so_many_batches(bounds, an_epoch):
    batches = plan(4, **bounds).batches(10)
    rows = batches.rows(1)
    assert len(batches) == len(rows) == len(list(batches)) == an_epoch
    for start in range(0, an_epoch - 2, 3):  # every whole pass holds each sample once
        assert sorted(torch.cat(rows[start : start + 3]).tolist()) == list(range(10))
    if an_epoch > 5:
        assert not torch.equal(rows[0], rows[3])
        assert [batches.samples_of_all(k) for k in range(an_epoch)] == [len(of) for of in rows]


def drawn(workers, epochs):
    """What is drawn for the batches of some epochs, whose samples are all 0."""
    dataset = ArrayDataset(np.zeros((8, 1)), {"a": torch.zeros(8)}, transform=lambda rows: rows + torch.rand(1))
    loader = MultiTaskDataModule({"train": dataset}, plan(4, seed=3), workers=workers).train_dataloader()
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


@pytest.mark.parametrize(
    ("size", "batch", "processes"), [(7, 2, 2), (9, 2, 2), (8, 4, 1), (9, 4, 1), (1, 4, 1), (13, 2, 3)]
)
def test_shares_of_a_batch_are_the_batch_of_one_process(size, batch, processes):
    of_all = [plan(batch).batches(size, None, rank, processes) for rank in range(processes)]
    shares = [list(batches) for batches in of_all]
    assert len({len(share) for share in shares}) == 1
    assert [len(batches) for batches in of_all] == [len(share) for share in shares]
    whole = list(plan(batch * processes).batches(size))
    left = size % (batch * processes)
    if 0 < left < processes:
        whole = whole[:-1] if left > 1 else whole
    together = [list(itertools.chain(*parts)) for parts in zip(*shares, strict=True)]
    assert [sorted(rows) for rows in together] == [sorted(rows) for rows in whole]
    for batches in of_all:
        assert [batches.samples_of_all(k) for k in range(len(batches))] == [len(rows) for rows in together]
    assert all(share for part in shares for share in part)


def test_processes_draw_other_dropout_from_the_same_order():
    after = []
    for rank in range(2):
        list(plan(2).batches(8, None, rank, 2))
        after.append(torch.rand(1).item())
    assert after[0] != after[1]


def test_rare_samples_are_added_to_each_batch_and_all_come_round():
    rows = torch.tensor([3, 5, 9, 11])
    both = plan(3, seed=4, rare_samples=2)
    shares = [list(both.batches(12, rows, rank, 2)) for rank in range(2)]
    plain = [list(plan(3, seed=4).batches(12, rows, rank, 2)) for rank in range(2)]
    for found, without in zip(shares, plain, strict=True):
        assert [batch[:3] for batch in found] == without
        assert all(len(batch) == 5 and set(batch[3:]) <= set(rows.tolist()) for batch in found)
    for first, second in zip(*shares, strict=True):
        assert sorted(first[3:] + second[3:]) == rows.tolist()  # what two processes add together, each once
    alone = list(plan(6, seed=4, rare_samples=4).batches(12, rows))
    assert [sorted(batch) for batch in alone] == [sorted(a + b) for a, b in zip(*shares, strict=True)]


def test_no_more_are_added_than_there_are():
    batches = plan(4, rare_samples=50).batches(8, torch.tensor([1, 2]))
    assert [sorted(batch[4:]) for batch in batches] == [[1, 2]] * 2
    assert batches.samples_of_all(0) == 6
