"""Runs whose dimensions are calibrated after training: what is kept, said, resumed and left alone."""

import numpy as np
import polars as pl
import pytest
import torch
import yaml
from click.testing import CliRunner
from safetensors.torch import load_file

from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet
from gcnlabel.training import SafeCheckpointIO, load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")
TASKS = TaskSet(
    [MultiLabel("tags", ["old", "good"]), Dimensional("film", ["year", "rating"]), Dimensional("mood", ["calm"])]
)
DIMENSIONS = {"year": ("film", 0), "rating": ("film", 1), "calm": ("mood", 0)}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root, rng = tmp_path_factory.mktemp("films"), np.random.default_rng(0)
    x = rng.normal(size=(240, 6)).astype(np.float32)
    np.save(root / "x.npy", x)
    year, rating, calm = (0.8 * x[:, :3] + 0.6 * rng.normal(size=(240, 3))).T
    columns = {
        "year": 1988 + 15 * year,
        "rating": [value if i % 3 else None for i, value in enumerate(3 + 0.5 * rating)],
        "calm": np.clip(0.6 * calm, -1, 1),
        "old": (x[:, 0] < 0).astype(int),
        "good": (x[:, 1] > 0).astype(int),
        "split": ["train"] * 160 + ["val"] * 40 + ["test"] * 40,
    }
    pl.DataFrame(columns).write_csv(root / "t.csv")
    (root / "config.yaml").write_text(f"""
data: {{source: table, annotations: {root / "t.csv"}, features: {root / "x.npy"}}}
tasks:
  tags: {{type: multilabel, labels: [old, good]}}
  film: {{type: dimensional, dims: [year, rating]}}
  mood: {{type: dimensional, dims: [calm], range: [-1, 1]}}
model: {{backbone: {{name: mlp, hidden: [16], dropout: 0.3}}, head: {{name: cosine}}}}
loss: {{mood: {{name: mse}}}}
optimizer: {{lr: 0.01}}
training: {{epochs: 3, batch_size: 32, rare_samples: 0}}
""")
    return root


def trained(place, path, *changes):
    folder = RunFolder(path)
    train(load_config(place / "config.yaml", changes), folder, progress=False)
    return folder


@pytest.fixture(scope="module")
def calibrated(place, tmp_path_factory):
    return trained(place, tmp_path_factory.mktemp("runs") / "calibrated")


@pytest.fixture(scope="module")
def plain(place, tmp_path_factory):
    return trained(place, tmp_path_factory.mktemp("runs") / "plain", "calibrate=none")


def of_split(folder, split):
    """Dimension -> predictions and targets where it is annotated."""
    evaluate(folder, split=split)
    found = load_file(folder.predictions)
    pairs = {}
    for name, (task, d) in DIMENSIONS.items():
        x, y = (found[f"{kind}/{task}"][:, d].double().numpy() for kind in ("scores", "targets"))
        pairs[name] = x[~np.isnan(y)], y[~np.isnan(y)]
    evaluate(folder)
    return pairs


def state(folder, name="best"):
    return load_checkpoint(getattr(folder, name))["state_dict"]


def test_on_the_training_split_predictions_have_the_scale_that_is_said(calibrated, plain):
    before = of_split(plain, "train")
    for name, (x, y) in of_split(calibrated, "train").items():
        old, r = before[name][0], np.corrcoef(before[name][0], y)[0, 1]
        assert np.corrcoef(x, old)[0, 1] == pytest.approx(1, abs=1e-3)  # (those of mood are bounded)
        assert not np.allclose(old.std(), x.std(), rtol=0.02)
        if name == "calm":  # mse: least squares
            slope = r * y.std() / old.std()
            np.testing.assert_allclose(x, np.clip(y.mean() + slope * (old - old.mean()), -1, 1), atol=0.02)
        else:
            np.testing.assert_allclose([x.mean(), x.std()], [y.mean(), y.std()], rtol=1e-3)


def test_it_is_said_once_in_one_line(place, calibrated, tmp_path):
    (said,) = (note for note in calibrated.read_evaluation()["notes"] if "calibrat" in note)
    assert said.startswith("calibrated: film by moments (year: slope ")
    assert "mood by regression (calm: slope " in said
    done = CliRunner().invoke(main, ["train", str(place / "config.yaml"), "--output", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    assert done.output.count("calibrated: film by moments") == 1
    done = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--split", "val"])
    assert done.output.count("calibrated: film by moments") == 1


def test_nothing_that_is_trained_or_selected_changes(calibrated, plain):
    assert calibrated.metrics.read_bytes() == plain.metrics.read_bytes()
    ours, theirs = state(calibrated, "last"), state(plain, "last")
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())
    ours, theirs = state(calibrated), state(plain)
    assert {name for name in ours if not torch.equal(ours[name], theirs[name])} == {
        "model.units.mean",
        "model.units.sd",
    }
    assert plain.read_evaluation()["notes"] == []


def test_predict_and_evaluate_agree(calibrated):
    network, x = load_network(calibrated), np.load(calibrated.load_config().data.features)[200:]
    with torch.no_grad():
        found = network.model(torch.from_numpy(x))
    kept = load_file(calibrated.predictions)
    for name, scores in found.items():
        torch.testing.assert_close(kept[f"scores/{name}"], scores, rtol=1e-4, atol=1e-3)


def test_resuming_a_finished_run_calibrates_to_the_same(calibrated, place, tmp_path):
    folder = trained(place, tmp_path / "run")
    before = folder.best.read_bytes()
    resume(folder, progress=False)
    assert folder.best.read_bytes() == before
    assert folder.read_evaluation() == calibrated.read_evaluation()


@pytest.mark.parametrize("rate", ["0.01", "1.0"])  # the best epoch is one of the last, or one of the first
def test_a_run_that_is_trained_longer_is_that_of_one_go(rate, place, tmp_path):
    whole = trained(place, tmp_path / "whole", "training.epochs=4", f"optimizer.lr={rate}")
    longer = trained(place, tmp_path / "longer", "training.epochs=2", f"optimizer.lr={rate}")
    resume(longer, whole.load_config(), progress=False)
    assert longer.metrics.read_bytes() == whole.metrics.read_bytes()
    assert longer.read_evaluation() == whole.read_evaluation()
    assert all(torch.equal(value, state(whole)[name]) for name, value in state(longer).items())


def test_how_a_run_is_calibrated_may_change(calibrated, plain, place, tmp_path):
    folder = trained(place, tmp_path / "run", "calibrate=regression")
    for method, like in (("auto", calibrated), ("none", plain)):
        resume(folder, load_config(place / "config.yaml", [f"calibrate={method}"]), progress=False)
        assert folder.read_evaluation() == like.read_evaluation()
        assert all(torch.equal(value, state(like)[name]) for name, value in state(folder).items())


def test_a_run_of_an_earlier_version_stays_as_it_was(plain, place, tmp_path):
    folder = trained(place, tmp_path / "run", "calibrate=none")
    content = yaml.safe_load(folder.config.read_text())
    del content["calibrate"]
    folder.config.write_text(yaml.safe_dump(content, sort_keys=False))
    resume(folder, progress=False)
    assert folder.read_evaluation() == plain.read_evaluation()
    done = CliRunner().invoke(main, ["train", "--resume", "--set", "training.epochs=4", "--output", str(folder.path)])
    assert done.exit_code == 0, done.output
    assert "calibrat" not in done.output


def test_a_run_that_was_stopped_says_that_it_is_not_calibrated(plain, calibrated, place, tmp_path):
    folder = trained(place, tmp_path / "run")
    folder.best.write_bytes(plain.best.read_bytes())  # as it is before the end
    assert any("not calibrated: train --resume" in note for note in evaluate(folder)["notes"])
    resume(folder, progress=False)
    assert folder.read_evaluation() == calibrated.read_evaluation()


def test_a_checkpoint_without_units_is_calibrated_from_the_values_themselves(place, tmp_path):
    """One of a version that learned dimensions as they are annotated, in a run that goes on."""
    folder = trained(place, tmp_path / "run", "standardize_targets=false", "calibrate=none")
    scores = of_split(folder, "train")["year"][0]
    checkpoint = load_checkpoint(folder.best)
    for name in [name for name in checkpoint["state_dict"] if "units." in name]:
        del checkpoint["state_dict"][name]
    SafeCheckpointIO().save_checkpoint(checkpoint, folder.best)
    resume(folder, folder.load_config().model_copy(update={"calibrate": "regression"}), progress=False)
    x, y = of_split(folder, "train")["year"]
    slope, offset = np.polyfit(scores, y, 1)
    np.testing.assert_allclose(x, slope * scores + offset, rtol=1e-3)


def config_of(**changes):
    data = {"source": "table", "annotations": "t.csv", "features": "x.npy"}
    return parse_config({"data": data, **changes})


@pytest.mark.parametrize(
    ("changes", "film", "mood"),
    [
        ({}, "moments", "moments"),  # ccc is the loss of dimensions
        ({"loss": {"mood": {"name": "mse"}}}, "moments", "regression"),
        ({"loss": {"mood": {"name": "mse"}}, "select": {"metric": "mood/mean_ccc"}}, "moments", "moments"),
        ({"select": {"metric": "film/year/rmse"}}, "regression", "moments"),
        ({"select": {"metric": "film/mean_nrmse"}}, "regression", "moments"),
        ({"select": {"metric": "film/year/ccc"}, "loss": {"film": {"name": "mse"}}}, "moments", "moments"),
        ({"select": {"metric": "film/year/pearson"}, "loss": {"film": {"name": "mse"}}}, "regression", "moments"),
        ({"select": {"metric": "tags/lrap"}}, "moments", "moments"),
        ({"calibrate": "regression"}, "regression", "regression"),
        ({"calibrate": "moments", "loss": {"mood": {"name": "mse"}}}, "moments", "moments"),
    ],
)
def test_what_selects_a_task_says_how_it_is_calibrated(changes, film, mood):
    assert calibration_methods(config_of(**changes), TASKS) == {"film": film, "mood": mood}


def test_names_with_slashes_say_it_too():
    tasks = TaskSet([Dimensional("film", ["x"]), Dimensional("film/x", ["year"])])
    config = config_of(select={"metric": "film/x/year/ccc"}, loss={"film/x": {"name": "mse"}, "film": {"name": "mse"}})
    assert calibration_methods(config, tasks) == {"film": "regression", "film/x": "moments"}


class Lengths(Dimensional):
    """A type of one's own, whose loss is not CCC."""

    loss = "mse"


def test_the_loss_of_the_type_says_it_where_none_is_named():
    assert calibration_methods(config_of(), TaskSet([Lengths("size", ["cm"])])) == {"size": "regression"}


def test_what_is_not_calibrated():
    tags = TaskSet([TASKS["tags"]])
    assert calibration_methods(config_of(calibrate="none"), TASKS) == {}
    assert calibration_methods(config_of(), tags) == {}
    with pytest.raises(InputError, match="calibrate: moments without a dimensional task"):
        calibration_methods(config_of(calibrate="moments"), tags)


def test_a_method_without_a_dimension_is_refused_before_anything_is_written(place, tmp_path):
    with pytest.raises(InputError, match="calibrate: moments without"):
        trained(place, tmp_path / "run", "only_tasks=[tags]", "loss={}", "calibrate=moments")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "name",
    ["emotion-gcn", "multi-task-mse", "single-task-affect", "emotion-gcn-emotic", "ml-gcn", "add-gcn", "query2label"],
)
def test_published_protocols_are_not_calibrated(name):
    assert load_config(name).calibrate == "none"
