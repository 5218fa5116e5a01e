"""Runs that fine-tune a text encoder: trained, stopped and gone on with, predicted, served, compared, exported."""

import json

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner
from fastapi.testclient import TestClient
from safetensors import safe_open
from small_runs import trained
from texts import TEXTS, write_texts

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.data import Texts
from gcnlabel.errors import InputError
from gcnlabel.prediction import load_network, predict
from gcnlabel.run import resume
from gcnlabel.run.build import build_module
from gcnlabel.run.data import load_data
from gcnlabel.run.side_by_side import fit_trials, make_trial
from gcnlabel.serving import load_service, make_app
from gcnlabel.studies.ablation.job_files import digest
from gcnlabel.training import load_checkpoint

pytest.importorskip("transformers", reason="transformers is in the extra text")
pytestmark = pytest.mark.filterwarnings("ignore")
NEW = ("a cat sleeps", "rain falls", "two dogs fall")


def state_of(run):
    return load_checkpoint(run.last)["state_dict"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose encoder's folder is gone."""
    folder = tmp_path_factory.mktemp("texts")
    write_texts(folder)
    run = trained(folder, changes=["training.epochs=8", "optimizer.backbone.lr=0.01"])
    (folder / "encoder").rename(folder / "moved")
    return run


def test_it_learns_and_is_evaluated_without_the_folder_of_its_encoder(run):
    found = CliRunner().invoke(main, ["evaluate", str(run.path), "--json"])
    assert found.exit_code == 0, found.output
    assert run.read_evaluation()["tasks"]["about"]["micro_f1"] > 0.9
    assert [path.name for path in run.backbone.rglob("*.safetensors")] == []


def test_raw_texts_are_predicted_and_served_as_its_network_scores_them(run, tmp_path):
    pl.DataFrame({"number": [7, 8, 9], "text": NEW}).write_csv(tmp_path / "new.csv")
    network = load_network(run)
    assert network.input_shape == ()
    with torch.no_grad():
        scores = network.model(Texts(NEW)[:])
    found = predict(run, tmp_path / "new.csv", device="cpu", batch_size=2)
    assert found.named == "row"
    np.testing.assert_allclose(found.values["about"], scores["about"].sigmoid(), atol=1e-5)
    np.testing.assert_allclose(found.values["size"], scores["size"], atol=1e-4)
    assert np.ptp(found.values["about"], axis=0).min() > 0.01
    with TestClient(make_app(load_service(run, device="cpu"))) as client:
        answer = client.post("/predict", json={"texts": list(NEW)}).json()["predictions"]
        served = [list(record["about"]["probabilities"].values()) for record in answer]
        np.testing.assert_allclose(served, found.values["about"], atol=1e-5)
        assert client.post("/predict", json={"texts": ["rain", " "]}).status_code == 422
        assert "texts" in client.get("/docs").text


def test_new_inputs_that_are_no_texts_are_refused(run, tmp_path):
    pl.DataFrame({"text": ["rain", None]}).write_csv(tmp_path / "hole.csv")
    with pytest.raises(InputError, match=r"an empty cell(.|\n)*a text in every row"):
        predict(run, tmp_path / "hole.csv")
    with pytest.raises(InputError, match=r"texts, not 'x\.npy'(.|\n)*\.csv"):
        predict(run, "x.npy")
    pl.DataFrame({"words": ["rain"]}).write_csv(tmp_path / "other.csv")
    with pytest.raises(InputError, match="data.texts names the column"):
        predict(run, tmp_path / "other.csv")


def test_what_is_exported(run, tmp_path):
    for name, suffix in (("onnx", "onnx"), ("torch-export", "pt2")):
        found = CliRunner().invoke(
            main, ["export", str(run.path), "--format", name, "--output", str(tmp_path / f"m.{suffix}")]
        )
        assert found.exit_code == 2
        assert "a model of texts" in found.output
        assert not (tmp_path / f"m.{suffix}").exists()
    path = tmp_path / "m.safetensors"
    found = CliRunner().invoke(
        main, ["export", str(run.path), "--format", "safetensors", "--output", str(path), "--json"]
    )
    assert found.exit_code == 0, found.output
    with safe_open(path, "pt") as file:
        described = json.loads(file.metadata()["gcnlabel"])["input"]
    assert (described["name"], described["shape"]) == ("texts", ["batch"])
    assert "32 tokens" in described["inside"]["tokens"]


def test_workers_and_a_stop_change_nothing(tmp_path):
    write_texts(tmp_path)
    whole, workers = trained(tmp_path, "whole"), trained(tmp_path, "workers", ["training.workers=1"])
    short = trained(tmp_path, "short", ["training.epochs=1"])
    resume(short, load_config(str(tmp_path / "config.yaml")), progress=False)
    for name, value in state_of(whole).items():
        assert torch.equal(value, state_of(workers)[name]), name
        assert torch.equal(value, state_of(short)[name]), name


def test_the_backbone_has_a_rate_and_a_decay_of_its_own_and_can_be_kept_still(tmp_path):
    path = write_texts(tmp_path)
    changes = ["optimizer.backbone.weight_decay=0.5"]
    module = build_module(config := load_config(str(path), changes), load_data(config), None)
    module.trainer = None
    rest, backbone = module.make_optimizer([{"params": list(module.model.named_parameters())}]).param_groups
    assert (rest["lr"], backbone["lr"], backbone["weight_decay"]) == (0.01, pytest.approx(0.002), 0.5)
    assert len(backbone["params"]) == len(list(module.model.backbone.parameters()))
    frozen = state_of(trained(tmp_path, "frozen", ["optimizer.backbone.frozen_epochs=2"]))
    before = {
        f"model.{name}": value for name, value in module.model.state_dict().items() if name.startswith("backbone")
    }
    assert all(torch.equal(value, frozen[name]) for name, value in before.items())
    free = state_of(trained(tmp_path, "free"))
    assert not all(torch.equal(value, free[name]) for name, value in before.items())


def test_the_engine_of_studies_trains_as_lightning_does(tmp_path):
    import lightning as L

    path = write_texts(tmp_path)
    run, config = trained(tmp_path), load_config(str(path))
    data = load_data(config)
    L.seed_everything(config.seed, verbose=False)
    trial = make_trial(config, data, build_module(config, data, None).model)
    fit_trials(config, [trial])
    wanted = load_checkpoint(run.best)["state_dict"]
    state = trial.model.state_dict()
    names = [name for name in state if name.startswith("backbone")]
    assert all(torch.allclose(wanted[f"model.{name}"], state[name], atol=5e-4) for name in names)
    assert trial.model.backbone.network[1].network.config.hidden_dropout_prob == 0.1  # which both engines draw alike


def test_ablation_and_digest(tmp_path):
    path = write_texts(tmp_path)
    wanted = [
        "ablate",
        str(path),
        "--output",
        str(tmp_path / "a"),
        "--seeds",
        "1",
        "--rate",
        "0.01",
        "--min-steps",
        "1",
    ]
    alone = ["--share", "1", "--few", "none", "--workers", "1", "--head", "linear", "--set", "training.epochs=1"]
    found = CliRunner().invoke(main, [*wanted, *alone])
    assert found.exit_code == 0, found.output
    before = digest(load_data(load_config(str(path))))
    assert digest(load_data(load_config(str(path)))) == before
    table = pl.read_csv(tmp_path / "labels.csv")
    table[0, "text"] = TEXTS[3]
    table.write_csv(tmp_path / "labels.csv")
    assert digest(load_data(load_config(str(path)))) != before


@pytest.mark.parametrize(
    "change", ["training.augment={name: flip}", "training.mix=mixup", "training.compile=true", "standardize=true"]
)
def test_what_texts_do_not_have(tmp_path, change):
    write_texts(tmp_path)
    with pytest.raises(InputError, match=rf"{change.split('=')[0]} of texts"):
        trained(tmp_path, changes=[change])
    assert not (tmp_path / "run").exists()


def test_an_empty_text_stops_before_the_folder_is_made(tmp_path):
    path = write_texts(tmp_path)
    table = pl.read_csv(tmp_path / "labels.csv")
    table[3, "text"] = " "
    table.write_csv(tmp_path / "labels.csv")
    found = CliRunner().invoke(main, ["train", str(path), "--output", str(tmp_path / "run")])
    assert found.exit_code == 2
    assert "row 5" in found.output  # the header is row 1
    assert not (tmp_path / "run").exists()
