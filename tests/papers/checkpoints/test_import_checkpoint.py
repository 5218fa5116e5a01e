"""The command, and the run folder it writes, read back by the commands that take a run."""

import json
import pickle

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from published_code import LABELS, F, breg_next_scores, breg_next_state, embeddings, save_emotion_gcn
from safetensors.torch import load_file

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.faces.alignment import align_face
from gcnlabel.faces.places import FacePlace
from gcnlabel.graph import LabelGraph
from gcnlabel.prediction.images import read_image
from gcnlabel.run import RunFolder

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def state():
    return breg_next_state()


@pytest.fixture
def call(tmp_path, monkeypatch, state):
    monkeypatch.chdir(tmp_path)
    save_emotion_gcn(state, "a.pth")
    rows = [
        " ".join([label, *(f"{value:.9g}" for value in x.tolist())])
        for label, x in zip(LABELS, embeddings(), strict=True)
    ]
    (tmp_path / "words.txt").write_text("\n".join(["the " + " ".join(["0"] * F), *reversed(rows)]) + "\n")

    def run(line, code=0):
        result = CliRunner().invoke(main, line.split())
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    return run


def write_data(folder):
    (folder / "images").mkdir()
    rng = np.random.default_rng(0)
    rows = ["image,expression,valence,arousal,split"]
    for i in range(9):
        Image.fromarray(rng.integers(0, 256, (112, 112, 3), dtype=np.uint8)).save(folder / "images" / f"{i}.png")
        rows.append(f"{i}.png,{LABELS[i % 7]},{i / 9},{-i / 9},{('train', 'val', 'test')[i % 3]}")
    (folder / "annotations.csv").write_text("\n".join(rows) + "\n")


def test_import_evaluate_and_draw(call, tmp_path, state):
    said = call("import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --output run")
    assert said.startswith("run: Emotion-GCN with BReG-NeXt, 9 labels, generator 12 -> 16 -> 128 assumed: ")
    assert "the classes are in the order of AffectNet's codes: neutral, happy, sad, surprise, fear, disgust, " in said
    assert "assumed: images are 112 pixels wide and high (of the publication)" in said
    config = load_config("run/config.yaml")
    assert (config.data.size, config.data.channels) == (112, 3)
    assert config.data.alignment == "emotion-gcn-code"
    assert config.model.backbone.model_dump(exclude_none=True) == {
        "name": "breg_next",
        "pool": "average",
        "scaling": "imagenet",
    }
    call("evaluate run", code=2)  # there are no data yet
    write_data(tmp_path)
    call("evaluate run")
    values = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert values["samples"] == 3
    assert values["selected"]["epoch"] == 7
    images = torch.stack([torch.from_numpy(np.array(Image.open(f"images/{i}.png"))) for i in (2, 5, 8)]).permute(
        0, 3, 1, 2
    )
    scaled = (images / 255 - torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)) / torch.tensor(
        [0.229, 0.224, 0.225]
    ).view(3, 1, 1)
    expected = breg_next_scores(state, embeddings(), scaled)
    found = load_file("run/predictions.safetensors")
    torch.testing.assert_close(found["scores/expression"], expected[:, :7], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found["scores/affect"], expected[:, 7:], rtol=1e-5, atol=1e-5)
    call("figures run --output figures --format svg")
    assert (tmp_path / "figures" / "adjacency_run.svg").exists()
    assert not (tmp_path / "figures" / "curves.svg").exists()
    assert "run holds a run already" in call(
        "import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --output run", code=2
    )
    call("import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --output run --overwrite")
    assert not RunFolder("run").evaluation.exists()


def test_published_pickle_and_graph(call, tmp_path):
    (tmp_path / "words.pkl").write_bytes(pickle.dumps(embeddings().numpy()))
    call("import-checkpoint a.pth --from emotion-gcn --embeddings words.pkl --output a")
    torch.testing.assert_close(LabelGraph.load("a/graph.safetensors").x, embeddings())
    call("import-checkpoint a.pth --from emotion-gcn --graph a/graph.safetensors --output b")
    a, b = (load_file(f"{run}/checkpoints/best.safetensors") for run in "ab")
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)
    LabelGraph.from_dense(np.eye(9), LabelGraph.load("a/graph.safetensors").tasks).save("other.safetensors")
    said = call(
        "import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --graph other.safetensors --output c", 2
    )
    assert "the given graph is not the checkpoint's" in said
    assert not (tmp_path / "c").exists()


def test_config_names_the_data(call, tmp_path):
    line = "import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --config config.yaml --output run"
    tasks = (
        "tasks: {expression: {type: categorical, classes: [%s]}, va: {type: dimensional, dims: [valence, arousal]}}\n"
    )
    data = "data: {source: table, annotations: t.csv, images: faces, id_column: file, size: 112}\nseed: 3\n"
    (tmp_path / "config.yaml").write_text(tasks % ", ".join(LABELS[:7]) + data)
    call(line)
    config = load_config("run/config.yaml")
    assert (config.data.annotations, config.seed, config.model.backbone.name) == ("t.csv", 3, "breg_next")
    (tmp_path / "config.yaml").write_text(tasks % ", ".join(sorted(LABELS[:7])) + data)
    assert "order their labels differently" in call(line + " --overwrite", code=2)


def test_options_that_do_not_fit(call):
    start = "import-checkpoint a.pth --output run --from"
    assert "a.pth has 7 classes and 2 dimensions where: 20 were given" in call(
        f"{start} emotion-gcn --labels voc --embeddings words.txt", code=2
    )
    assert "--dataset and --labels" in call(f"{start} emotion-gcn --labels voc --dataset affectnet", code=2)
    assert "--dataset with --from ml-gcn" in call(f"{start} ml-gcn --dataset affectnet", code=2)
    assert "has no label names expected: --labels voc" in call(f"{start} ml-gcn", code=2)
    assert "if it is a checkpoint of emotion-gcn: --from emotion-gcn" in call(f"{start} ml-gcn --labels voc", code=2)
    assert "label embeddings are not in the checkpoint" in call(f"{start} emotion-gcn", code=2)
    assert "embeddings of size 384 expected: 12" in call(f"{start} emotion-gcn --embeddings emotion-words", code=2)


@pytest.mark.parametrize(("source", "alignment"), [("affectnet", "emotion-gcn-code"), ("aff-wild2", "centre")])
def test_an_imported_run_crops_faces_as_its_code_did(call, tmp_path, source, alignment):
    (tmp_path / "faces.yaml").write_text(f"data: {{source: {source}, path: faces, size: 112}}\n")
    call("import-checkpoint a.pth --from emotion-gcn --embeddings words.txt --config faces.yaml --output run")
    assert load_config("run/config.yaml").data.crops == alignment
    picture, points = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8), [[40, 40], [70, 52]]
    Image.fromarray(picture).save("a.png")
    place = FacePlace(np.array([30.0, 20, 80, 75]), np.array(points, dtype=float))
    crop = align_face(picture, place.box, place.eyes, 112, alignment=alignment).transpose(2, 0, 1)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png", load_config("run/config.yaml").data, place), crop)
