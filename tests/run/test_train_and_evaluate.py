import json
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from gcnlabel.cli import main
from gcnlabel.cli.tables import show_evaluation
from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run import steps as steps_module
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = ["data.train=200", "data.val=60", "data.test=60", "training.epochs=3", "training.batch_size=32"]
SMALL += ["model.backbone.widths=[4,8]", "model.head.hidden_channels=[16]"]


def config(*changes):
    return load_config("synthetic-faces", [*SMALL, *changes])


def weights(folder):
    return load_checkpoint(folder.last)["state_dict"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = RunFolder(tmp_path_factory.mktemp("run") / "whole")
    train(config(), folder, progress=False)
    return folder


def test_a_run_folder_holds_everything(finished):
    evaluation = finished.read_evaluation()
    assert evaluation["split"] == "test"
    assert evaluation["samples"] == 60
    assert evaluation["selected"]["split"] == "val"
    assert 0 <= evaluation["tasks"]["expression"]["accuracy"] <= 1
    assert any("synthetic" in note for note in evaluation["notes"])
    table = pl.read_csv(finished.metrics)
    assert table["epoch"].to_list() == [1, 2, 3]
    assert {"train/loss", "val/loss", "val/affect/mean_ccc", "val/expression/accuracy"} <= set(table.columns)
    best = int(table["val/loss"].arg_min()) + 1
    assert evaluation["selected"]["epoch"] == best
    assert finished.load_config() == config()
    assert finished.graph.exists()
    assert b"cpickle" not in finished.last.read_bytes()[:1000]


def test_the_same_seed_gives_the_same_and_another_another(finished, tmp_path):
    again, other = RunFolder(tmp_path / "again"), RunFolder(tmp_path / "other")
    train(config(), again, progress=False)
    train(config("seed=1"), other, progress=False)
    assert all(torch.equal(value, weights(again)[name]) for name, value in weights(finished).items())
    assert any(not torch.equal(value, weights(other)[name]) for name, value in weights(finished).items())
    assert again.read_evaluation() == finished.read_evaluation()


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("{name: residual, of: {name: graph, hidden_channels: [16]}}", "residual of graph"),
        ("cosine", "cosine of linear"),
        ("{name: cosine, of: {name: residual, tasks: [affect]}}", "cosine of residual of graph"),
    ],
)
def test_every_head_trains_and_comes_back(head, title, tmp_path):
    folder = RunFolder(tmp_path / "run")
    found = train(config(f"model.head={head}", "graph.convention=signed", "training.epochs=1"), folder, progress=False)
    assert found["head"] == title
    assert folder.graph.exists() == ("graph" in title)
    network = load_network(folder)
    kept = load_file(folder.predictions)["label_vectors"]
    torch.testing.assert_close(network.model.head.weight().detach(), kept)
    if folder.graph.exists():
        assert (LabelGraph.load(folder.graph).edge_weight < 0).any()


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_resumed_run_equals_one_that_never_stopped(finished, tmp_path, monkeypatch, epochs):
    folder = RunFolder(tmp_path / "stopped")
    stop_after(epochs, monkeypatch)
    with pytest.raises(Stop):
        train(config(), folder, progress=False)
    monkeypatch.undo()
    torch.manual_seed(12345)  # whatever happened in between
    assert pl.read_csv(folder.metrics)["epoch"].to_list() == list(range(1, epochs + 1))
    resume(folder, progress=False)
    whole, resumed = load_checkpoint(finished.last), load_checkpoint(folder.last)
    assert all(torch.equal(value, resumed["state_dict"][name]) for name, value in whole["state_dict"].items())
    for ours, theirs in zip(whole["optimizer_states"], resumed["optimizer_states"], strict=True):
        for key, state in ours["state"].items():
            assert all(torch.equal(value, theirs["state"][key][name]) for name, value in state.items())
    assert folder.metrics.read_text() == finished.metrics.read_text()
    assert folder.read_evaluation() == finished.read_evaluation()


class Stop(Exception):  # noqa: N818
    pass


def stop_after(epochs, monkeypatch):
    make = steps_module.make_trainer

    class Killer(steps_module.L.Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == epochs:
                raise Stop

    def with_killer(*args, **options):
        trainer = make(*args, **options)
        trainer.callbacks.append(Killer())
        return trainer

    monkeypatch.setattr(steps_module, "make_trainer", with_killer)


def test_dropout_and_augmentation_resume_exactly_too(tmp_path, monkeypatch):
    changes = ("training.augment=faces", "training.epochs=2", "data.train=96")
    whole, stopped = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "stopped")
    train(config(*changes), whole, progress=False)
    stop_after(1, monkeypatch)
    with pytest.raises(Stop):
        train(config(*changes), stopped, progress=False)
    monkeypatch.undo()
    resume(stopped, progress=False)
    assert all(torch.equal(value, weights(stopped)[name]) for name, value in weights(whole).items())


def test_evaluating_again_gives_the_same(finished):
    before = finished.read_evaluation()
    assert evaluate(finished) == before
    assert evaluate(finished, split="val")["split"] == "val"
    evaluate(finished)


def test_what_is_there_is_not_overwritten(finished):
    with pytest.raises(InputError, match="holds a run already"):
        train(config(), finished, progress=False)


def test_bad_input_is_found_before_the_folder_is_touched(tmp_path):
    folder = RunFolder(tmp_path / "run")
    for change, message in [
        ("select.metric=expression/acuracy", "did you mean 'expression/accuracy'"),
        ("loss.expresion={name: cross_entropy}", "did you mean 'expression'"),
        ("loss.affect.name=bce", "does not suit"),
        ("graph.embeddings=nothing", "no embeddings or file"),
        ("model.backbone.name=mlp", "does not take images"),
        ("model.backbone={name: small_cnn, dropout: 0.5}", "unknown key 'model.backbone.dropout'"),
        ("model.backbone={name: resnet18}", "colour images"),
        ("graph.tau=1.0", "no label has a neighbour"),
    ]:
        with pytest.raises(InputError, match=message):
            train(config(change), folder, progress=False)
    assert not folder.path.exists()


def test_selecting_on_the_reported_split_is_said(tmp_path):
    folder = RunFolder(tmp_path / "run")
    evaluation = train(config("select.split=test", "training.epochs=1"), folder, progress=False)
    assert any("selected on test, which is reported here" in note for note in evaluation["notes"])
    assert "test/loss" in pl.read_csv(folder.metrics).columns


def test_resume_of_nothing_and_of_another_config(finished, tmp_path):
    with pytest.raises(InputError, match="holds no run"):
        resume(RunFolder(tmp_path))
    with pytest.raises(InputError, match="another config: optimizer"):
        resume(finished, config("optimizer.lr=0.5"))


def test_a_damaged_checkpoint_is_named(finished, tmp_path):
    damaged = tmp_path / "best.safetensors"
    damaged.write_bytes(finished.best.read_bytes()[:-100])
    with pytest.raises(InputError, match="is damaged"):
        load_checkpoint(damaged)
    with pytest.raises(InputError, match="no checkpoint of gcnlabel"):
        load_checkpoint(finished.graph)


def test_one_task_features_and_linear_head(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 6))
    y = (x[:, :2] > 0).astype(int)
    np.save(tmp_path / "x.npy", x)
    frame = {"a": y[:, 0], "b": y[:, 1], "split": ["train"] * 60 + ["val"] * 30 + ["test"] * 30}
    pl.DataFrame(frame).write_csv(tmp_path / "y.csv")
    settings = {
        "tasks": {"tags": {"type": "multilabel", "labels": ["a", "b"]}},
        "data": {"source": "table", "annotations": str(tmp_path / "y.csv"), "features": str(tmp_path / "x.npy")},
        "model": {"backbone": {"name": "identity"}, "head": {"name": "linear"}},
        "optimizer": {"lr": 0.1},
        "training": {"epochs": 40},
        "evaluate": {"tune_thresholds": True},
    }
    evaluation = train(parse_config(settings), RunFolder(tmp_path / "run"), progress=False)
    assert evaluation["tasks"]["tags"]["mAP"] > 0.95
    assert any("tuned for micro-F1 on the val split" in note for note in evaluation["notes"])
    x[3, 1] = np.inf
    np.save(tmp_path / "x.npy", x)
    with pytest.raises(InputError, match="row 3, column 1"):
        train(parse_config(settings), RunFolder(tmp_path / "other"), progress=False)


def test_ctrl_c_leaves_a_run_that_can_be_resumed(tmp_path):
    command = [sys.executable, "-m", "gcnlabel", "train", "synthetic-faces", "--output", str(tmp_path / "run")]
    for change in [*SMALL, "training.epochs=200"]:
        command += ["--set", change]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    folder = RunFolder(tmp_path / "run")
    for _ in range(600):
        if folder.last.exists():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped" in errors
    assert "--resume" in errors
    assert "Traceback" not in errors
    load_checkpoint(folder.last)
    assert not list(tmp_path.rglob(".*-*"))
    assert json.dumps(folder.load_config().model_dump())


def test_one_of_the_tasks_can_be_trained_alone(tmp_path):
    folder = RunFolder(tmp_path / "run")
    changes = ("only_tasks=[affect]", "model.head.name=linear", "training.epochs=1", "loss={affect: {name: ccc}}")
    evaluation = train(config(*changes), folder, progress=False)
    assert list(evaluation["tasks"]) == ["affect"]
    with pytest.raises(InputError, match="unknown task 'tags'"):
        train(config("only_tasks=[tags]"), RunFolder(tmp_path / "other"), progress=False)


def test_a_stop_in_the_first_epoch_left_nothing_to_go_on_with(tmp_path):
    command = ["train", "synthetic-faces", "--output", str(tmp_path / "run"), "--resume"]
    command += [word for change in SMALL for word in ("--set", change)]
    folder = RunFolder(tmp_path / "run")
    folder.create(config())
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    assert len(pl.read_csv(folder.metrics)) == 3


def test_a_run_that_was_stopped_says_so(finished, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "stopped")
    stop_after(2, monkeypatch)
    with pytest.raises(Stop):
        train(config(), folder, progress=False)
    assert any("stopped after epoch 2 of 3" in note for note in evaluate(folder)["notes"])
    assert not any("stopped" in note for note in finished.read_evaluation()["notes"])


@pytest.mark.parametrize("rate", ["1e30", "1e38"])
def test_a_training_that_diverges_ends(tmp_path, rate):
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(InputError, match="train/loss is not finite in epoch 1\n  to do: a smaller optimizer.lr"):
        train(config("optimizer.name=sgd", f"optimizer.lr={rate}"), folder, progress=False)
    assert not folder.best.exists()
    assert not folder.evaluation.exists()


def test_what_was_too_little_to_measure_is_said(capsys):
    tasks = {"affect": {"mean_ccc": 0.5, "undefined": ["arousal"]}, "mood": {"accuracy": 0.5, "absent": ["sad"]}}
    rest = {"head": "linear", "split": "test", "samples": 3, "notes": []}
    selected = {"epoch": 1, "split": "val", "metric": "loss"}
    show_evaluation("run", {"tasks": tasks, "selected": selected, **rest})
    output = capsys.readouterr().out
    assert "note: affect: too few samples for any metric: arousal" in output
    assert "note: mood: labels without samples, ignored by macro averages: sad" in output
