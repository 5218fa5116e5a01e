"""Frozen sides, averaged weights, clipped and gathered gradients, a rate that follows a metric; all resumable."""

import polars as pl
import pytest
import torch

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, resume, train
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.training import MultiTaskModule, load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = {
    "data": {"source": "synthetic-faces", "train": 60, "val": 30, "test": 30},
    "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": "linear"},
    "training": {"epochs": 3, "batch_size": 20, "rare_samples": 0},
    "seed": 1,
}


def config_of(**sections):
    return parse_config({**SMALL, **{k: {**SMALL.get(k, {}), **v} for k, v in sections.items()}})


def trained(folder, config, **options):
    return train(config, RunFolder(folder), progress=False, **options)


def state(folder, which="last"):
    return load_checkpoint(folder / "checkpoints" / f"{which}.safetensors")


def test_a_frozen_backbone_stays_and_is_let_go(tmp_path):
    frozen = {"backbone": {"frozen_epochs": 2}}
    trained(tmp_path / "two", config_of(optimizer=frozen, training={"epochs": 2}))
    trained(tmp_path / "none", config_of(optimizer=frozen, training={"epochs": 1}))
    trained(tmp_path / "three", config_of(optimizer=frozen))
    two, one, three = (state(tmp_path / name)["state_dict"] for name in ("two", "none", "three"))
    of_backbone = [name for name in one if name.startswith("model.backbone") and "scal" not in name]
    assert any("running_mean" in name for name in of_backbone)
    for name in of_backbone:  # nothing moves in two epochs, moments of batch norms included
        torch.testing.assert_close(two[name], one[name], rtol=0, atol=0)
    assert any(not torch.equal(three[name], one[name]) for name in of_backbone if "weight" in name)
    assert any(not torch.equal(two[name], one[name]) for name in one if name.startswith("model.head"))


def test_the_average_of_the_weights_is_measured_and_kept(tmp_path):
    """By hand: a decay of nearly 0 is the weights themselves, one of nearly 1 is where they began."""
    trained(tmp_path / "plain", config_of())
    trained(tmp_path / "now", config_of(training={"average": 1e-9}))
    trained(tmp_path / "ever", config_of(training={"average": 1 - 1e-9}))
    plain, now, ever = (state(tmp_path / name) for name in ("plain", "now", "ever"))
    for name, value in plain["state_dict"].items():
        if value.is_floating_point():
            torch.testing.assert_close(now["state_dict"][name], value)
            torch.testing.assert_close(ever["current_model_state"][name], value)
    losses = [pl.read_csv(tmp_path / name / "metrics.csv")["val/loss"].to_list() for name in ("plain", "now", "ever")]
    assert losses[1] == pytest.approx(losses[0])
    assert max(losses[2]) - min(losses[2]) < 1e-3 * max(losses[2])


WAYS = {
    "frozen": {"optimizer": {"backbone": {"frozen_epochs": 2}}},
    "averaged": {"training": {"average": 0.9}},
    "gathered and clipped": {"training": {"accumulate": 2, "clip": 0.5}},
    "on a plateau": {
        "optimizer": {"schedule": {"name": "reduce-on-plateau", "epochs": 0, "factor": 0.5, "threshold": 0.99}}
    },
    "warm-up": {"optimizer": {"schedule": {"name": "warm-up", "epochs": 0.5}}},
    "one-cycle": {"optimizer": {"schedule": "one-cycle"}},
    "mixed": {"training": {"mix": "mixup"}},
    "augmented": {"training": {"augment": "rand-augment"}},
    "by gradients": {"weighting": {"name": "torchjd", "method": "pcgrad"}},
}


class StoppedError(Exception):
    """A training that ends in the middle."""


@pytest.mark.parametrize("way", WAYS)
def test_a_resumed_run_is_one_that_was_never_stopped(way, tmp_path, monkeypatch):
    config = config_of(**WAYS[way])
    trained(tmp_path / "whole", config)
    begin = MultiTaskModule.on_train_epoch_start

    def stop(self):
        if self.current_epoch == 2:
            raise StoppedError
        begin(self)

    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(MultiTaskModule, "on_train_epoch_start", stop)
        trained(tmp_path / "part", config)
    resume(RunFolder(tmp_path / "part"), progress=False)
    whole, part = (state(tmp_path / name) for name in ("whole", "part"))
    for key in {"state_dict", "current_model_state"} & whole.keys():
        for name, value in whole[key].items():
            torch.testing.assert_close(part[key][name], value, rtol=1e-6, atol=1e-7)


def test_the_rate_falls_where_the_loss_does_not(tmp_path):
    schedule = {"name": "reduce-on-plateau", "epochs": 0, "factor": 0.5, "threshold": 0.99}
    trained(tmp_path / "run", config_of(optimizer={"schedule": schedule, "lr": 0.01}))
    (group,) = state(tmp_path / "run")["optimizer_states"][0]["param_groups"]
    assert group["lr"] == pytest.approx(0.01 * 0.5**2)  # the first epoch is the best so far


@pytest.mark.parametrize(
    ("way", "says"),
    [("frozen", "frozen_epochs"), ("averaged", "training.average"), ("on a plateau", "reduce-on-plateau")],
)
def test_models_side_by_side_do_not_follow_all_of_it(way, says):
    with pytest.raises(InputError, match=says):
        check_side_by_side(config_of(**WAYS[way]))
