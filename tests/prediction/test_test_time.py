"""Test-time flips: exactly the mean of two predictions, recorded, and of images alone."""

import json
import shutil

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from safetensors.torch import load_file

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, evaluate, train
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.training.test_time import at_test_time

TASKS = TaskSet(
    [Categorical("kind", ["a", "b", "c"]), MultiLabel("tags", ["x", "y", "z"]), Dimensional("mood", ["u", "v", "w"])]
)


class Corner(torch.nn.Module):
    """Scores of each task are the first three pixels of an image, times 10."""

    def forward(self, images):
        return {task.name: 10 * images[:, 0, 0, :3] for task in TASKS}


@pytest.fixture
def mirrored(faces, tmp_path):
    """The folder of faces, each turned left to right."""
    root, _ = faces
    for path in root.rglob("[0-9].png"):
        target = tmp_path / "mirrored" / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.fliplr(np.asarray(Image.open(path)))).save(target)
    return tmp_path / "mirrored"


def test_probabilities_are_means_after_softmax_and_sigmoid_and_values_are_means():
    images = torch.randn(7, 1, 4, 5, dtype=torch.float64)
    found = at_test_time("flips", Corner(), TASKS, (1, 4, 5))(images)
    a, b = 10 * images[:, 0, 0, :3], 10 * images[:, 0, 0, [4, 3, 2]]
    torch.testing.assert_close(found["kind"].softmax(1), (a.softmax(1) + b.softmax(1)) / 2)
    torch.testing.assert_close(found["tags"].sigmoid(), (a.sigmoid() + b.sigmoid()) / 2)
    torch.testing.assert_close(found["mood"], (a + b) / 2)
    plain = at_test_time(None, Corner(), TASKS, (1, 4, 5))(images)
    assert torch.equal(plain["tags"], a)


def test_scores_stay_finite_where_probabilities_are_0_or_1():
    images = torch.tensor([[200.0, 0, 0, -200], [200, -200, -200, 200]])[:, None, None]
    found = at_test_time("flips", Corner(), TASKS, (1, 1, 4))(images)
    assert all(scores.isfinite().all() for scores in found.values())
    assert found["tags"][0, 0] == pytest.approx(0, abs=1e-6)  # certain on one side, certainly not on the other
    assert found["tags"][1, 0] == pytest.approx(2000)


def test_predict_is_the_mean_of_two_predictions(face_run, faces, mirrored):
    root, _ = faces
    found, one, other = predict(face_run, root, flips=True), predict(face_run, root), predict(face_run, mirrored)
    assert list(found.names) == list(one.names) == list(other.names)
    for task in found.values:
        assert not np.allclose(one.values[task], other.values[task])
        np.testing.assert_allclose(found.values[task], (one.values[task] + other.values[task]) / 2, atol=1e-6)


def test_what_is_symmetric_stays(tag_run, tmp_path):
    folder, images = tag_run
    for name in ("0.png", "1.png"):
        left = np.asarray(Image.open(images / name))[:, :10]
        Image.fromarray(np.hstack([left, np.fliplr(left)])).save(tmp_path / name)
    plain, flipped = predict(folder, tmp_path), predict(folder, tmp_path, flips=True)
    np.testing.assert_allclose(flipped.values["colours"], plain.values["colours"], atol=1e-6)


def test_the_evaluation_says_so_and_predict_does_as_the_run(tag_run, tmp_path):
    shutil.copytree(tag_run[0].path, tmp_path / "run")
    plain = json.loads((tmp_path / "run/evaluation.json").read_text())
    assert plain["test_time"] is None
    result = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--flips"])
    assert result.exit_code == 0, result.output
    assert "note: test-time augmentation: flips" in result.output
    found = json.loads((tmp_path / "run/evaluation.json").read_text())
    assert found["test_time"] == "flips"
    scores = load_file(tmp_path / "run/predictions.safetensors")["scores/colours"]
    kept = predict(RunFolder(tmp_path / "run"), tag_run[1], flips=True)
    rows = [kept.names.index(f"{i}.png") for i in range(70, 90)]
    np.testing.assert_allclose(scores.sigmoid(), kept.values["colours"][rows], atol=1e-6)
    assert found["thresholds"] != plain["thresholds"]  # tuned on flipped scores
    assert evaluate(RunFolder(tmp_path / "run"), flips=False) == plain


def test_a_config_asks_for_flips(tmp_path, faces):
    changes = ["data.train=200", "data.val=20", "data.test=20", "training.epochs=1", "evaluate.test_time=flips"]
    changes += ["model.backbone.widths=[4]", "model.head=linear"]
    folder = RunFolder(tmp_path / "run")
    assert train(load_config("synthetic-faces", changes), folder, progress=False)["test_time"] == "flips"
    as_run, plain, asked = (predict(folder, faces[0], flips=flips) for flips in (None, False, True))
    np.testing.assert_array_equal(as_run.values["affect"], asked.values["affect"])
    assert not np.array_equal(as_run.values["affect"], plain.values["affect"])


def test_features_have_no_mirror_image(feature_run, tmp_path):
    folder, features = feature_run
    with pytest.raises(
        InputError, match=r"'flips' of inputs of shape \[5\]\n  expected: images(.|\n)*leave out --flips"
    ):
        predict(folder, features, flips=True)
    result = CliRunner().invoke(main, ["predict", str(folder.path), str(features), "--flips"])
    assert result.exit_code == 2
    assert "features and graphs have no mirror image" in result.output


def test_a_config_on_features_is_refused_before_training(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((9, 2), np.float32))
    rows = [f"{i % 2},{('train', 'val', 'test')[i % 3]}" for i in range(9)]
    (tmp_path / "t.csv").write_text("\n".join(["a,split", *rows]))
    (tmp_path / "c.yaml").write_text(
        f"data: {{source: table, annotations: {tmp_path}/t.csv, features: {tmp_path}/x.npy}}\n"
        "tasks: {tags: {type: multilabel, labels: [a]}}\nmodel: {backbone: identity, head: linear}\n"
        "evaluate: {test_time: flips}\n"
    )
    result = CliRunner().invoke(main, ["train", str(tmp_path / "c.yaml"), "--output", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert "'flips' of inputs of shape [2]" in result.output
    assert not (tmp_path / "run").exists()


def test_studies_do_not_flip():
    with pytest.raises(InputError, match="evaluate.test_time"):
        check_side_by_side(load_config("synthetic-faces", ["evaluate.test_time=flips"]))
