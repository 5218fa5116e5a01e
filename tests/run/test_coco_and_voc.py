"""Runs and graphs from COCO's and VOC's files as they are released, drawn here in small."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from safetensors.torch import load_file

from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.data import load_images
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.metrics import multilabel_metrics
from gcnlabel.run.data import load_data

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]
QUICK = ("data.size=32", "training.epochs=1", "training.batch_size=8", "training.workers=0")
SMALL_NETWORK = "model.backbone={name: small_cnn, widths: [4]}"
NAMES = ["person", "cat", "dog"]


def draw(path, rng):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 255, (20, 24, 3), dtype=np.uint8)).save(path)


@pytest.fixture(scope="module")
def coco(tmp_path_factory):
    root, rng = tmp_path_factory.mktemp("coco"), np.random.default_rng(0)
    (root / "annotations").mkdir()
    categories = [{"id": 10 * i + 1, "name": name} for i, name in enumerate(NAMES)]
    for split, count in (("train", 20), ("val", 12)):
        images = [{"id": 7 * i + 3, "file_name": f"COCO_{split}2014_{i:012d}.jpg"} for i in range(count)]
        shows = [(i, c) for i in range(count - 2) for c in range(3) if (i + c) % 2 or i % 3 == c]  # 2 show nothing
        found = [{"image_id": 7 * i + 3, "category_id": 10 * c + 1, "iscrowd": i % 2} for i, c in shows]
        content = {"images": images, "annotations": found, "categories": categories}
        (root / "annotations" / f"instances_{split}2014.json").write_text(json.dumps(content))
        for image in images:
            draw(root / f"{split}2014" / image["file_name"], rng)
    return root


@pytest.fixture(scope="module")
def voc(tmp_path_factory):
    root, rng = tmp_path_factory.mktemp("VOCdevkit") / "VOC2007", np.random.default_rng(1)
    main_folder = root / "ImageSets" / "Main"
    main_folder.mkdir(parents=True)
    for name, first, count in (("trainval", 0, 24), ("test", 100, 16)):
        signs = rng.choice([-1, 0, 1], (count, 3), p=[0.4, 0.2, 0.4])
        for c, label in enumerate(NAMES):
            lines = [f"{first + i:06d} {signs[i, c]:2d}\n" for i in range(count)]
            (main_folder / f"{label}_{name}.txt").write_text("".join(lines))
        for i in range(count):
            draw(root / "JPEGImages" / f"{first + i:06d}.jpg", rng)
    return root


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


def sets(*changes):
    return [part for change in changes for part in ("--set", change)]


def small(*more):
    return sets(*QUICK, SMALL_NETWORK, *more)


def signs_of(root, name):
    folder = root / "ImageSets" / "Main"
    lists = [(folder / f"{label}_{name}.txt").read_text().split()[1::2] for label in sorted(NAMES)]
    return np.array(lists, dtype=int).T


def test_the_example_for_coco_trains_and_predicts(coco, run, tmp_path, monkeypatch):
    monkeypatch.setenv("COCO", str(coco))
    (tmp_path / "glove.txt").write_text("person 1 0\ncat 0 1\ndog .5 1\n")
    monkeypatch.setenv("GLOVE", "glove.txt")
    result = run("train", ROOT / "examples/coco/config.yaml", "--output", "run", *small())
    assert result.exit_code == 0, result.output
    evaluation = json.loads((tmp_path / "run/evaluation.json").read_text())
    assert (evaluation["samples"], set(evaluation["tasks"])) == (10, {"objects"})  # 2 show nothing: left out
    graph = LabelGraph.load(tmp_path / "run/graph.safetensors")
    assert graph.labels == tuple(NAMES)
    result = run("predict", "run", coco / "val2014", "--output", "found.csv")
    assert result.exit_code == 0, result.output
    assert "person" in (tmp_path / "found.csv").read_text().splitlines()[0]


@pytest.mark.parametrize("keeps_tasks", [True, False])
def test_a_run_without_a_graph_predicts_names_without_reading_images(voc, run, tmp_path, monkeypatch, keeps_tasks):
    data = {"source": "voc", "path": str(tmp_path / "voc"), "size": 32}
    (tmp_path / "voc").symlink_to(voc)
    model = {"backbone": {"name": "small_cnn", "widths": [4]}, "head": {"name": "linear"}}
    (tmp_path / "c.yaml").write_text(json.dumps({"data": data, "model": model, "training": {"epochs": 1}}))
    assert run("train", "c.yaml", "--output", "run").exit_code == 0
    monkeypatch.setattr("gcnlabel.sources.pictures.load_listed_images", None)
    if not keeps_tasks:  # a run folder of before
        (tmp_path / "run/signature.json").unlink()
    result = run("predict", "run", voc / "JPEGImages" / "000100.jpg", "--output", "found.csv")
    assert result.exit_code == 0, result.output
    assert "cat" in (tmp_path / "found.csv").read_text().splitlines()[0]


def test_the_example_for_voc_repeats_the_whole_protocol(voc, run, tmp_path, monkeypatch):
    monkeypatch.setenv("VOC", str(voc))
    build = ("build-graph", "--annotations", voc, "--split", "trainval", "--difficult", "negative")
    result = run(*build, "--convention", "ml-gcn-paper", "--embeddings", "one-hot", "--output", "voc.safetensors")
    assert result.exit_code == 0, result.output
    config = ROOT / "examples/voc/config.yaml"
    result = run("train", config, "--output", "run", *small("data.splits.holdout=0.25"))
    assert result.exit_code == 0, result.output
    evaluation = json.loads((tmp_path / "run/evaluation.json").read_text())
    signs = signs_of(voc, "test")
    assert f"{(signs == 0).sum()} unknown tags of objects count as negative" in " ".join(evaluation["notes"])
    kept = load_file(tmp_path / "run/predictions.safetensors")
    scores, targets = kept["scores/objects"], kept["targets/objects"]
    np.testing.assert_array_equal(targets.isnan(), signs == 0)
    positive, predicted = signs == 1, scores.numpy() >= 0
    found = evaluation["tasks"]["objects"]
    assert found["OR"] == pytest.approx((positive & predicted).sum() / positive.sum())
    assert found["OP"] == pytest.approx((positive & predicted).sum() / max(predicted.sum(), 1))
    assert found["mAP"] == multilabel_metrics(scores, targets, tuple(sorted(NAMES)))["mAP"]
    data = load_data(load_config(config, [*QUICK, "data.splits.holdout=0.25"]))
    trained = data.parts["train"].annotations
    rows = [int(image) for image in trained.ids]
    np.testing.assert_array_equal(trained.targets["objects"], signs_of(voc, "trainval")[rows] >= 0)


@pytest.mark.parametrize("how", ["unknown", "negative", "positive"])
def test_build_graph_from_the_lists(how, voc, run, tmp_path):
    signs = signs_of(voc, "trainval")
    line = ("build-graph", "--annotations", voc, "--split", "trainval", "--difficult", how, "--output", "g.safetensors")
    result = run(*line, "--statistic", "conditional", "--convention", "ml-gcn-code")
    assert result.exit_code == 0, result.output
    graph = LabelGraph.load(tmp_path / "g.safetensors")
    shown, seen = signs == 1 if how != "positive" else signs >= 0, signs != 0 if how == "unknown" else signs == signs
    for i in range(3):
        for j in {0, 1, 2} - {i}:
            among = shown[:, i] & seen[:, j]
            assert graph.statistic[i, j].item() == pytest.approx((among & shown[:, j]).sum() / among.sum())


def test_build_graph_from_coco_with_and_without_declared_tasks(coco, run, tmp_path):
    file = coco / "annotations/instances_train2014.json"
    end = ("--convention", "ml-gcn-paper", "--tau", "0.1", "--output")
    assert run("build-graph", "--annotations", file, *end, "a.safetensors").exit_code == 0
    (tmp_path / "tasks.yaml").write_text("tasks: {things: {type: multilabel, labels: [dog, person, cat]}}")
    assert run("build-graph", "tasks.yaml", "--annotations", file, *end, "b.safetensors").exit_code == 0
    plain, declared = (LabelGraph.load(tmp_path / f"{name}.safetensors") for name in "ab")
    assert (plain.labels, declared.labels) == (tuple(NAMES), ("dog", "person", "cat"))
    assert plain.reorder(declared.tasks).statistic.equal(declared.statistic)
    assert plain.history["num_samples"] == 20


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--annotations", "{coco}", "--split", "val"], "a COCO file is one split"),
        (["--annotations", "{coco}", "--difficult", "negative"], "--difficult negative"),
        (["--annotations", "{coco}", "--annotations", "{coco}"], "several --annotations"),
        (["--annotations", "{coco}", "--workers", "2"], "--workers"),
        (["--annotations", "{coco}", "--split-column", "part"], "--split-column"),
        (["--annotations", "{voc}"], "no list of the set 'train'"),
        (["--annotations", "{voc}", "--split", "all"], "no list of the set 'all'"),
        (["--annotations", "a.csv", "--difficult", "negative"], "--difficult has no effect"),
        (["--annotations", "nowhere.json"], "COCO file not found"),
        (["other.yaml", "--annotations", "{coco}"], "bird"),
        (["two.yaml", "--annotations", "{coco}"], "one multilabel task"),
    ],
)
def test_options_that_do_not_suit_are_refused(options, says, coco, voc, run, tmp_path):
    (tmp_path / "a.csv").write_text("cat\n1\n")
    (tmp_path / "other.yaml").write_text("tasks: {t: {type: multilabel, labels: [dog, person, bird]}}")
    (tmp_path / "two.yaml").write_text("tasks: {t: {type: categorical, classes: [dog, person, cat]}}")
    places = {"coco": coco / "annotations/instances_val2014.json", "voc": voc}
    result = run("build-graph", *(option.format(**places) for option in options), "--output", "g.safetensors")
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert not (tmp_path / "g.safetensors").exists()


def test_one_coco_file_is_divided_by_fractions(coco):
    data = {"source": "coco", "files": {"all": str(coco / "annotations/instances_train2014.json")}, "size": 16}
    data |= {"images": str(coco / "train2014"), "splits": {"train": 0.6, "val": 0.2, "test": 0.2}}
    found = load_data(parse_config({"data": data}))
    sizes = {name: len(part.annotations) for name, part in found.parts.items()}
    assert sum(sizes.values()) == 20
    assert abs(sizes["train"] - 12) <= 1
    assert sorted(image for part in found.parts.values() for image in part.annotations.ids) == sorted(
        f"COCO_train2014_{i:012d}.jpg" for i in range(20)
    )
    check_images(found, {"train": "train2014", "val": "train2014", "test": "train2014"}, coco)


def check_images(data, folders, root):
    """Every row's image is the one that its id names."""
    for name, part in data.parts.items():
        names, shape = part.annotations.ids.tolist(), part.inputs.shape
        expected = load_images(root / folders[name], names, size=shape[-1], channels=shape[1])
        np.testing.assert_array_equal(part.inputs[:], expected)


def test_each_file_has_its_folder_of_images(coco, monkeypatch):
    monkeypatch.setenv("COCO", str(coco))
    data = load_data(load_config(ROOT / "examples/coco/config.yaml", QUICK))
    check_images(data, {"train": "train2014", "val": "train2014", "test": "val2014"}, coco)


def test_channels_and_size_are_those_of_the_config(voc):
    data = load_data(parse_config({"data": {"source": "voc", "path": str(voc), "size": 8, "channels": 1}}))
    assert data.parts["test"].inputs.shape == (16, 1, 8, 8)
    assert set(data.parts["val"].annotations.split) == {"trainval"}


def test_folders_of_images_must_suit_the_files(coco):
    files = {split: str(coco / f"annotations/instances_{split}2014.json") for split in ("train", "val")}
    data = {"source": "coco", "files": files, "images": {"train": str(coco / "train2014")}}
    with pytest.raises(InputError, match=r"(?s)data.images names folders for train.*train, val"):
        load_data(parse_config({"data": data}))
    with pytest.raises(InputError, match="12 of 12 images missing in split 'val'"):
        load_data(parse_config({"data": data | {"images": str(coco / "train2014")}}))
