"""Exported files give the scores of the run they came from, without gcnlabel or PyG."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from safetensors import safe_open
from torch_geometric.nn import GraphConv

from gcnlabel.cli import main
from gcnlabel.data import Standardize, load_images
from gcnlabel.errors import InputError
from gcnlabel.export import describe_model, export_model
from gcnlabel.export.int8 import Samples, export_int8
from gcnlabel.export.of_run import scaling_inside
from gcnlabel.faces.geometry import aligned_faces
from gcnlabel.prediction import load_network
from gcnlabel.tasks import MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["face", "tag", "feature"])
def run(request, face_run, tag_run, feature_run):
    return {"face": face_run, "tag": tag_run[0], "feature": feature_run[0]}[request.param]


def inputs_of(network, count):
    rng = np.random.default_rng(count)
    if network.image_shape is None:
        return rng.standard_normal((count, network.in_features)).astype(np.float32)
    return rng.integers(0, 256, (count, *network.image_shape), dtype=np.uint8)


def export(run, format, path, *more):
    return CliRunner().invoke(main, ["export", str(run.path), "--format", format, "--output", str(path), *more])


def test_onnx_gives_the_scores_of_the_run_for_any_number_of_inputs(run, tmp_path):
    result = export(run, "onnx", tmp_path / "m.onnx")
    assert result.exit_code == 0, result.output
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    network = load_network(run)
    for count in (1, 2, 7):
        inputs = inputs_of(network, count)
        with torch.no_grad():
            expected = network.model(torch.from_numpy(inputs))
        found = session.run(None, {"inputs": inputs})
        assert [output.name for output in session.get_outputs()] == list(expected)
        for name, scores in zip(expected, found, strict=True):
            np.testing.assert_allclose(scores, expected[name].numpy(), atol=1e-4)


def test_the_file_says_what_it_takes_and_gives(run, tmp_path):
    export(run, "onnx", tmp_path / "m.onnx")
    export(run, "safetensors", tmp_path / "m.safetensors")
    with safe_open(tmp_path / "m.safetensors", framework="np") as file:
        metadata = file.metadata()
        vectors = file.get_tensor("head.vectors")
    described = onnxruntime.InferenceSession(tmp_path / "m.onnx").get_modelmeta().custom_metadata_map
    assert json.loads(metadata["gcnlabel"]) == json.loads(described["gcnlabel"])
    about, network = json.loads(metadata["gcnlabel"]), load_network(run)
    assert about["labels"] == json.loads(metadata["labels"]) == list(network.tasks.labels)
    assert about["tasks"] == network.tasks.to_dict()
    assert about["input"]["shape"] == ["batch", *network.input_shape]
    for task in network.tasks:
        assert about["outputs"][task.name]["labels"] == list(task.labels)
    _, sd = network.model.units.of_labels()
    np.testing.assert_allclose(vectors, network.model.head.weight().detach() * sd[:, None], atol=1e-6)


def test_tuned_thresholds_are_in_the_file(tag_run, tmp_path):
    export(tag_run[0], "onnx", tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    about = json.loads(session.get_modelmeta().custom_metadata_map["gcnlabel"])
    kept = tag_run[0].read_evaluation()["thresholds"]["colours"]
    expected = [1 / (1 + np.exp(-score)) for score in kept.values()]
    np.testing.assert_allclose(about["outputs"]["colours"]["thresholds"], expected, rtol=1e-5)


def test_the_archive_of_pytorch_runs_where_neither_gcnlabel_nor_pyg_can_be_imported(face_run, tmp_path):
    assert export(face_run, "torch-export", tmp_path / "m.pt2").exit_code == 0
    network = load_network(face_run)
    inputs = inputs_of(network, 3)
    np.save(tmp_path / "x.npy", inputs)
    program = f"""
import sys
sys.modules["gcnlabel"] = sys.modules["torch_geometric"] = sys.modules["lightning"] = None
import json, numpy as np, torch
extra = {{"gcnlabel.json": ""}}
model = torch.export.load(r"{tmp_path / "m.pt2"}", extra_files=extra).module()
assert json.loads(extra["gcnlabel.json"])["format"] == "gcnlabel.model"
scores = model(torch.from_numpy(np.load(r"{tmp_path / "x.npy"}")))
np.savez(r"{tmp_path / "y.npz"}", **{{name: value.detach().numpy() for name, value in scores.items()}})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        expected = network.model(torch.from_numpy(inputs))
    for name, scores in np.load(tmp_path / "y.npz").items():
        np.testing.assert_allclose(scores, expected[name].numpy(), atol=1e-4)


def test_the_example_predicts_with_onnxruntime_and_numpy_alone(run, tmp_path):
    export(run, "onnx", tmp_path / "m.onnx")
    np.save(tmp_path / "x.npy", inputs_of(load_network(run), 3))
    block = "import sys; sys.modules.update(dict.fromkeys(('torch', 'gcnlabel', 'torch_geometric', 'PIL')))\n"
    script = block + (ROOT / "examples" / "onnx" / "predict.py").read_text()
    (tmp_path / "predict.py").write_text(script)
    command = [sys.executable, tmp_path / "predict.py", tmp_path / "m.onnx", tmp_path / "x.npy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(f"{name}: " in lines[1] for name in load_network(run).tasks.names)


def test_a_file_that_is_there_is_kept(face_run, tmp_path):
    (tmp_path / "m.onnx").write_text("mine")
    result = export(face_run, "onnx", tmp_path / "m.onnx")
    assert result.exit_code == 2
    assert (tmp_path / "m.onnx").read_text() == "mine"
    (tmp_path / "m.safetensors").write_text("mine")
    assert export(face_run, "safetensors", tmp_path / "m.safetensors", "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("format", "name", "expected"),
    [("onnx", "m.txt", "m.onnx"), ("safetensors", "m.onnx", "m.safetensors"), ("torch-export", "m.pt", "m.pt2")],
)
def test_a_name_that_says_another_format_is_refused(feature_run, tmp_path, format, name, expected):
    result = export(feature_run[0], format, tmp_path / name)
    assert result.exit_code == 2
    assert f"{name}: wrong suffix for a model as {format}" in result.stderr
    assert f"--output {tmp_path / expected}" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", ["onnx", "safetensors", "torch-export"])
def test_a_disk_that_is_full_is_said(feature_run, tmp_path, monkeypatch, format):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    monkeypatch.setattr("gcnlabel.export.formats.save_file", full)
    result = export(feature_run[0], format, tmp_path / "m")
    assert result.exit_code == 2
    assert f"cannot write {tmp_path / 'm'}: No space left" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_without_a_run_and_an_unknown_format(face_run, tmp_path):
    result = CliRunner().invoke(main, ["export", str(tmp_path), "--output", str(tmp_path / "m.onnx")])
    assert result.exit_code == 2
    assert "holds no run" in result.output
    network = load_network(face_run)
    with pytest.raises(InputError, match=r"unknown format 'onx'(.|\n)*onnx"):
        export_model(network.model, tmp_path / "m", "onx", describe_model(network.tasks, network.input_shape))
    assert not list(tmp_path.iterdir())


def test_a_library_that_is_missing_is_named(face_run, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = export(face_run, "onnx", tmp_path / "m.onnx")
    assert result.exit_code == 2
    assert "pip install 'gcnlabel[onnx]'" in result.output
    assert not list(tmp_path.iterdir())


def test_freezing_copies_and_folds(face_run):
    model = load_network(face_run).model
    model.head.gcn.convs[0] = GraphConv(model.head.x.shape[1], 16)  # any generator folds
    model.head.aggregated = None
    fused = model.train().fuse()
    assert not fused.training
    assert model.training
    assert not any(parameter.requires_grad for parameter in fused.parameters())
    images = torch.randint(0, 255, (2, *load_network(face_run).image_shape), dtype=torch.uint8)
    expected = model.eval()(images)
    for name, scores in fused(images).items():
        torch.testing.assert_close(scores, expected[name].detach(), atol=1e-5, rtol=1e-5)
    assert "torch_geometric" not in {type(module).__module__.split(".")[0] for module in fused.modules()}


def stretched(picture, size):
    """What the description says of whole pictures, in NumPy: [H, W, C] to [size, size, C]."""
    for axis in (0, 1):
        length = picture.shape[axis]
        reduction = length / size
        centres = (np.arange(size) + 0.5) * reduction
        distance = np.abs(centres[:, None] - (np.arange(length) + 0.5))
        weights = np.maximum(0, 1 - distance / max(1, reduction))
        weights /= weights.sum(1, keepdims=True)
        picture = np.moveaxis(np.tensordot(weights, picture, (1, axis)), 0, axis)
    return picture


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("shape", [(90, 120), (24, 40)])
def test_pictures_are_prepared_as_the_description_says(tmp_path, channels, shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    found = load_images(tmp_path, ["a.png"], size=32, channels=channels)[0].astype(float)
    told = describe_model(TaskSet([MultiLabel("tags", ["cat", "dog"])]), (channels, 32, 32))["input"]
    picture = noise.astype(float)
    if channels == 1:
        assert told["colour"] == "grey: (299 R + 587 G + 114 B) / 1000"
        picture = (picture @ [299, 587, 114])[..., None] / 1000
    assert "max(0, 1 - |d| / max(1, reduction))" in told["geometry"]
    assert np.abs(stretched(picture, 32).transpose(2, 0, 1) - found).max() <= 2


def test_aligned_faces_are_told_from_whole_pictures():
    tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
    told = describe_model(tasks, (3, 64, 64), geometry=aligned_faces("centre"))["input"]
    corner = describe_model(tasks, (3, 64, 64), geometry=aligned_faces("emotion-gcn-code"))["input"]["geometry"]
    assert "shows the image, rotated by its EXIF orientation, at o + X / S w (cos a, sin a)" in corner
    assert "truncated to integers" in corner
    assert "eye centres" in told["geometry"]
    assert told["preprocessing"].startswith("RGB images, faces aligned")


def about_of(path):
    return json.loads(onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map["gcnlabel"])


def test_the_file_says_what_the_network_does_first_and_how_it_was_made(run, tmp_path):
    export(run, "safetensors", tmp_path / "m.safetensors")
    with safe_open(tmp_path / "m.safetensors", framework="np") as file:
        about, network = json.loads(file.metadata()["gcnlabel"]), load_network(run)
    assert about["versions"]["numpy"] == np.__version__
    first = about["input"].get("inside")
    if network.image_shape is None:
        assert "(feature - mean) / standard deviation" in first["scaling"]
        assert about["calibration"].startswith("calibrated: weather by ")
        return
    front = network.model.backbone.network[0]
    images = torch.from_numpy(inputs_of(network, 2))
    mean, deviation = (torch.tensor(first[key]).view(-1, 1, 1) for key in ("mean", "deviation"))
    torch.testing.assert_close(front(images), (images / 255 - mean) / deviation)


def test_standardized_features_are_told():
    scaled = torch.nn.Sequential(Standardize(torch.zeros(2), torch.ones(2)))
    assert scaling_inside(scaled)["scaling"].startswith("feature / 1, the root mean square")
    scaled = torch.nn.Sequential(Standardize(torch.zeros(2), torch.tensor([1.0, 2.0])))
    assert "(feature - mean) / standard deviation" in scaling_inside(scaled)["scaling"]


def test_int8_says_what_it_costs_on_the_evaluated_split(run, tmp_path):
    gone = run.load_config().data.model_dump().get("annotations")
    at_hand = gone is None or Path(gone).exists()
    result = export(run, "onnx", tmp_path / "m.onnx", "--quantize", "int8")
    assert result.exit_code == 0, result.output
    about, network = about_of(tmp_path / "m.onnx"), load_network(run)
    cost = about["quantization"]
    assert cost["method"].startswith("static" if network.image_shape else "dynamic")
    for name, value in cost["largest_difference"].items():
        assert 0 < value < 0.5, name
    assert ("metrics" in cost) == at_hand
    if not at_hand:
        assert "random inputs" in cost["compared_on"]
        assert "random inputs" in result.output
        return
    evaluation = run.read_evaluation()
    for key, values in cost["metrics"].items():
        task, metric = key.split("/")
        assert values["float32"] == pytest.approx(evaluation["tasks"][task][metric], abs=1e-3)
        assert f"{key}: {values['float32']:.4f} -> {values['int8']:.4f}" in result.output


def test_the_file_of_8_bits_holds_weights_of_8_bits_and_gives_about_the_same(feature_run, tmp_path):
    export(feature_run[0], "onnx", tmp_path / "a.onnx")
    export(feature_run[0], "onnx", tmp_path / "b.onnx", "--quantize", "int8")
    types = {weight.data_type for weight in onnx.load(tmp_path / "b.onnx").graph.initializer if len(weight.dims) == 2}
    assert types == {onnx.TensorProto.INT8}
    weights = [w for w in onnx.load(tmp_path / "b.onnx").graph.initializer if w.data_type == onnx.TensorProto.INT8]
    assert max(int(np.abs(onnx.numpy_helper.to_array(w)).max()) for w in weights) <= 64  # 7 bits: see export_int8
    inputs = np.load(feature_run[1])
    before, after = (
        onnxruntime.InferenceSession(tmp_path / name).run(None, {"inputs": inputs}) for name in ("a.onnx", "b.onnx")
    )
    for a, b in zip(before, after, strict=True):
        assert 0 < np.abs(a - b).max() < 0.1 * np.abs(a).max()


def test_int8_of_another_format_or_of_convolutions_without_data_is_refused(tag_run, tmp_path):
    result = export(tag_run[0], "safetensors", tmp_path / "m.safetensors", "--quantize", "int8")
    assert result.exit_code == 2
    assert "--format onnx" in result.stderr
    network = load_network(tag_run[0])
    description = describe_model(network.tasks, network.input_shape)
    with pytest.raises(InputError, match="needs images to calibrate the ranges of activations"):
        export_int8(network.model, tmp_path / "m.onnx", description, Samples(inputs_of(network, 2), "two images"))
    assert not list(tmp_path.iterdir())
