"""Members with data, rates and moments of their own, against plain loops."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from gcnlabel.config.schema import HeadConfig, Loss
from gcnlabel.data import targets_to_tensors
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.backbones import mlp
from gcnlabel.run.build import build_head, build_loss
from gcnlabel.run.data import Part
from gcnlabel.studies.ablation import Regime
from gcnlabel.studies.ablation.fitting import Member, descend, drawn_rows, fit, scores
from gcnlabel.studies.ablation.main_metrics import mean_main_metric
from gcnlabel.units import Units

STEPS = 10


def drawn(data, seed):
    torch.manual_seed(seed)
    units = Units.fit(data.parts["train"].annotations)
    return MultiTaskModel(mlp(5, [8]), build_head(HeadConfig(name="linear"), data.tasks, 8, None), units)


def members_of(datas, rates=(0.01,)):
    return [Member(drawn(data, seed), data, rate, seed) for seed, data in enumerate(datas) for rate in rates]


def measure(data, found, targets):
    return mean_main_metric(data.tasks, found, targets)


def with_part(data, name, part):
    return replace(data, parts={**data.parts, name: part})


def changed(config, section, **changes):
    return config.model_copy(update={section: getattr(config, section).model_copy(update=changes)})


def weights(member):
    return torch.cat([p.detach().flatten() for p in member.model.parameters()])


def alone(config, member, rows, measure):
    """Train one member in a plain loop; its value on val after each of five moments, and its weights there."""
    model, data, loss = copy.deepcopy(member.model), member.data, build_loss(config, member.data)
    optimizer = torch.optim.AdamW(model.parameters(), lr=member.rate, weight_decay=0.01)
    inputs, targets = torch.as_tensor(data.parts["train"].inputs), targets_to_tensors(data.parts["train"].annotations)
    found = []
    for step, of_batch in enumerate(rows):
        optimizer.param_groups[0]["lr"] = member.rate * (1 + np.cos(np.pi * step / STEPS)) / 2
        optimizer.zero_grad()
        loss(model(inputs[of_batch]), {name: target[of_batch] for name, target in targets.items()})[0].backward()
        optimizer.step()
        if step in (1, 3, 5, 7, 9):
            val = data.parts["val"]
            with torch.no_grad():
                value = measure(data, model.eval()(torch.as_tensor(val.inputs)), targets_to_tensors(val.annotations))
            model.train()
            found.append((value, torch.cat([p.detach().flatten() for p in model.parameters()])))
    return found


@pytest.mark.parametrize("best_at", ["the end", "the start"])
def test_each_member_keeps_its_best_moment(best_at, config, data):
    def value_of(*of_val):
        return measure(*of_val) if best_at == "the end" else -measure(*of_val)

    datas = [Regime(0.5).thin(data, seed) for seed in range(2)]
    members = members_of(datas, (0.003, 0.3))
    plain = [
        alone(config, m, rows, value_of) for m, rows in zip(members, drawn_rows(config, members, STEPS), strict=True)
    ]
    fit(config, members, STEPS, value_of)
    for member, found in zip(members, plain, strict=True):
        best = max(found, key=lambda moment: moment[0])
        assert member.value == pytest.approx(best[0], abs=1e-4)
        torch.testing.assert_close(weights(member), best[1], rtol=1e-3, atol=1e-3)
        assert not member.model.training
    place = 0 if best_at == "the start" else -1
    assert any(max(found, key=lambda moment: moment[0]) is found[place] for found in plain)


def test_the_test_part_is_never_looked_at(config, data):
    """It may be nonsense, or not be there."""
    test = data.parts["test"]
    poisoned = Part(test.annotations.select(np.zeros(3, int)), np.full((3, 5), np.nan, np.float32))
    without = replace(data, parts={name: part for name, part in data.parts.items() if name != "test"})
    found = []
    for given in (data, with_part(data, "test", poisoned), without):
        members = members_of([given, given], (0.01, 0.03))
        fit(config, members, STEPS, measure)
        found.append(members)
    for members in found[1:]:
        for one, other in zip(found[0], members, strict=True):
            assert one.value == other.value
            assert torch.equal(weights(one), weights(other))


def test_batches_are_of_seed_and_data_alone(config, data):
    settings = changed(config, "training", scarce_samples=4, batch_size=32)
    datas = [Regime(task="affect", samples=6).thin(data, seed) for seed in range(3)]
    members = members_of(datas, (0.01, 0.03))
    rows = drawn_rows(settings, members, STEPS)
    again = drawn_rows(settings, [replace(m, model=None, rate=1.0) for m in members[::-1]], STEPS)[::-1]
    assert all(
        torch.equal(a, b) for one, other in zip(rows, again, strict=True) for a, b in zip(one, other, strict=True)
    )
    for first, second in zip(rows[::2], rows[1::2], strict=True):  # rates of one seed
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(rows[0][0], rows[2][0])


def test_scarce_samples_are_added_to_each_batch(config, data):
    few = Regime(task="affect", samples=6).thin(data, 0)
    (rows,) = drawn_rows(changed(config, "training", scarce_samples=4, batch_size=32), members_of([few]), STEPS)
    (plain,) = drawn_rows(changed(config, "training", scarce_samples=0, batch_size=32), members_of([few]), STEPS)
    rare = set(np.flatnonzero((~np.isnan(few.parts["train"].annotations.targets["affect"])).any(1)).tolist())
    for with_rare, without in zip(rows, plain, strict=True):
        assert len(without) == 32
        assert torch.equal(with_rare[:32], without)
        assert len(with_rare) == 36
        assert set(with_rare[32:].tolist()) <= rare
    assert {row for of_batch in rows for row in of_batch[32:].tolist()} == rare


def test_no_more_are_added_than_there_are(config, data):
    few = Regime(task="affect", samples=3).thin(data, 0)
    rare = int((~np.isnan(few.parts["train"].annotations.targets["affect"])).any(1).sum())
    (rows,) = drawn_rows(changed(config, "training", scarce_samples=50, batch_size=32), members_of([few]), 2)
    assert [len(of_batch) for of_batch in rows] == [32 + rare] * 2
    (rows,) = drawn_rows(changed(config, "training", scarce_samples=50, batch_size=500), members_of([few]), 2)
    assert [sorted(of_batch.tolist()) for of_batch in rows] == [list(range(80))] * 2  # a batch holds them all


def test_every_member_has_the_class_weights_of_its_own_samples(config, data):
    weighted = config.model_copy(update={"loss": {"mood": Loss(class_weights=True)}})
    datas = [Regime(0.4).thin(data, seed) for seed in (0, 1)]
    losses = [build_loss(weighted, d).losses["mood"].class_weights for d in datas]
    assert not torch.equal(*losses)
    together, lone = members_of(datas), members_of(datas)
    fit(weighted, together, 5, measure)
    for member in lone:
        fit(weighted, [member], 5, measure)
    for one, other in zip(together, lone, strict=True):
        torch.testing.assert_close(weights(one), weights(other), rtol=1e-3, atol=1e-4)


def test_a_member_that_diverges_never_has_a_value_and_does_not_harm_the_others(config, data):
    part = data.parts["train"]
    broken = with_part(data, "train", Part(part.annotations, np.full_like(part.inputs, np.nan)))
    members = [Member(drawn(data, 0), data, 0.01, 0), Member(drawn(data, 0), broken, 0.01, 0)]
    before = weights(members[1])
    fit(config, members, STEPS, measure)
    assert members[1].value == -np.inf
    assert torch.equal(weights(members[1]), before)
    assert np.isfinite(members[0].value)


def test_scores_come_in_pieces_that_fit_together(config, data, monkeypatch):
    model = drawn(data, 0).eval()
    inputs = data.parts["val"].inputs
    whole = model(torch.as_tensor(inputs))
    monkeypatch.setattr("gcnlabel.studies.ablation.fitting.FEATURE_ROWS", 7)
    for name, found in scores(model, inputs).items():
        assert torch.equal(found, whole[name].detach()) or torch.allclose(found, whole[name], atol=1e-6)
    members, pieces = members_of([data, data]), members_of([data, data])
    fit(config, pieces, 5, measure)
    monkeypatch.undo()
    fit(config, members, 5, measure)
    for one, other in zip(members, pieces, strict=True):
        assert one.value == pytest.approx(other.value, abs=1e-6)


def test_moments_are_those_that_are_named(config, data):
    looked = []
    (member,) = members = members_of([data])
    descend(config, members, [[torch.arange(8)] * 6], {2, 5}, lambda *of_val: looked.append(1) or float(len(looked)))
    assert (len(looked), member.value) == (2, 2.0)
