from collections import OrderedDict
from pathlib import Path

import polars as pl
import pytest
import torch
from safetensors.torch import save_file

from gcnlabel.errors import InputError
from gcnlabel.training import SafeCheckpointIO, check_resumable, load_checkpoint, make_optimizer
from gcnlabel.training.epoch_table import write_rows

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


def test_optimizers_take_their_settings():
    parameter = [torch.nn.Parameter(torch.ones(1))]
    sgd = make_optimizer(parameter, {"name": "sgd", "lr": 0.1, "weight_decay": 0.01, "momentum": 0.9})
    assert type(sgd) is torch.optim.SGD
    assert {sgd.defaults[k] for k in ("lr", "weight_decay", "momentum")} == {0.1, 0.01, 0.9}
    assert type(make_optimizer(parameter, "adamw")) is torch.optim.AdamW
    adam = make_optimizer(parameter, {"name": "adam", "beta2": 0.9})
    assert (type(adam), adam.defaults["betas"]) == (torch.optim.Adam, (0.9, 0.9))
    with pytest.raises(InputError, match="unknown key 'momentum'"):
        make_optimizer(parameter, {"name": "adamw", "momentum": 0.9})


def test_the_table_of_epochs_takes_new_columns(tmp_path):
    write_rows(tmp_path / "m.csv", [{"epoch": 1, "a": 0.5}, {"epoch": 2, "a": 0.25, "b": 1.0}])
    assert pl.read_csv(tmp_path / "m.csv").rows() == [(1, 0.5, None), (2, 0.25, 1.0)]


@pytest.mark.parametrize("groups", [False, True])
def test_sides_have_a_learning_rate_and_weight_decay_of_their_own(groups):
    model = torch.nn.ModuleDict({"backbone": torch.nn.Linear(2, 2), "head": torch.nn.Linear(2, 1)})
    settings = {"name": "adamw", "lr": 0.1, "weight_decay": 0.5, "backbone": {"lr": 0.05, "weight_decay": 0.0}}
    given = [{"params": list(model.named_parameters()), "lr": 0.2}] if groups else model.named_parameters()
    optimizer = make_optimizer(given, settings)
    found = [(g["lr"], g["weight_decay"], len(g["params"])) for g in optimizer.param_groups]
    assert found == [(0.2 if groups else 0.1, 0.5, 2), (0.1 if groups else 0.05, 0.0, 2)]
    assert optimizer.param_groups[0]["params"][0] is model["head"].weight
    (group,) = make_optimizer(model.named_parameters(), "sgd").param_groups
    assert group["params"] == list(model.parameters())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lr_schedulers": []}, "lr_schedulers is missing"),
        ({"loops": None}, "loops is missing"),
        (
            {"optimizer_states": [{"state": {0: {"step": 1, "exp_avg": 2}, 1: {"stp": 1, "exp_avg": 2}}}]},
            "different states",
        ),
    ],
)
def test_what_a_training_goes_on_with(change, says):
    whole = {"optimizer_states": [{"state": {0: {"step": 1}, 3: {"step": 1}}}], "lr_schedulers": [{}], "loops": {1: 1}}
    whole["callbacks"] = {"a": {}}
    check_resumable(whole, "last")
    with pytest.raises(InputError, match=f"last is damaged: .*{says}"):
        check_resumable({**whole, **change}, "last")
