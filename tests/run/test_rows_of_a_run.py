"""What a run says of the rows that it read: one line, a table in its folder, an error where many images are gone."""

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from PIL import Image
from safetensors.numpy import load_file
from small_affectnet import write_affectnet
from turned_faces import write_turned_faces

from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import InputError
from gcnlabel.run.data import load_data
from gcnlabel.sources.splits import Splits

NETWORK = {"backbone": {"name": "small_cnn", "widths": [4]}, "head": {"name": "linear"}}
TRAINING = {"epochs": 1, "batch_size": 32, "rare_samples": 0}


def table_config(root, count=160, **data):
    """A table of pictures in ``photos``; three of four are ``train``, the others ``test``."""
    (root / "photos").mkdir()
    rng = np.random.default_rng(0)
    tags = rng.random((count, 2)) < 0.5
    names = [f"photos/{i:05d}.png" for i in range(count)]
    for name, row in zip(names, tags, strict=True):
        Image.fromarray((rng.random((8, 8)) * 50 + 150 * row[0]).astype(np.uint8)).save(root / name)
    split = ["test" if i % 4 == 3 else "train" for i in range(count)]
    pl.DataFrame({"image": names, "split": split, "a": tags[:, 0], "b": tags[:, 1]}).write_csv(root / "t.csv")
    (root / "tasks.yaml").write_text("tasks:\n  tags: {type: multilabel, labels: [a, b]}\n")
    where = {"source": "table", "annotations": str(root / "t.csv"), "images": str(root), "id_column": "image"}
    splits = {"train": "train", "val": "test", "test": "test"}
    content = {"data": {**where, "size": 8, "channels": 1, "splits": splits, **data}, "tasks": str(root / "tasks.yaml")}
    content |= {"model": NETWORK, "training": TRAINING}
    (root / "c.yaml").write_text(json.dumps(content))
    return parse_config(content)


def gcnlabel(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.filterwarnings("ignore")
def test_a_run_says_it_keeps_it_and_its_predictions_carry_the_ids_of_the_table(tmp_path):
    table_config(tmp_path)
    (tmp_path / "photos/00005.png").unlink()
    (tmp_path / "photos/00006.png").rename(tmp_path / "photos/00006.PNG")
    result = gcnlabel("train", tmp_path / "c.yaml", "--output", tmp_path / "run")
    assert result.exit_code == 0, result.output
    line = (
        "rows: 159 used (train 119, test 40), 1 left out: image missing 1 (first photos/00005.png); "
        "kept: file extension in another case, as .JPG for .jpg 1 (first photos/00006.png)"
    )
    assert line in result.output.splitlines()
    with (tmp_path / "run/rows.csv").open() as file:
        rows = {(row["split"], row["what"], row["reason"]): row for row in csv.DictReader(file)}
    assert rows["train", "left out", "image missing"]["first"] == "photos/00005.png"
    assert rows["train", "used", ""]["count"] == "119"
    ids = json.loads(load_file(tmp_path / "run/predictions.safetensors")["ids"].tobytes())
    assert ids == [f"photos/{i:05d}.png" for i in range(160) if i % 4 == 3]
    for source in (tmp_path / "photos", tmp_path / "photos/00003.png"):
        output = tmp_path / f"{source.stem}.csv"
        assert gcnlabel("predict", tmp_path / "run", source, "--output", output).exit_code == 0
        names = pl.read_csv(output)["image"]
        assert names[0 if source.suffix else 3] == "photos/00003.png"
        assert set(names) - {"photos/00006.PNG"} <= set(pl.read_csv(tmp_path / "t.csv")["image"])
    copies = gcnlabel("predict", tmp_path / "run", tmp_path / "photos/00003.png", "--annotate", tmp_path / "copies")
    assert copies.exit_code == 0, copies.output
    assert (tmp_path / "copies/photos/00003.png").is_file()


@pytest.mark.filterwarnings("ignore")
def test_a_table_of_faces_names_the_images_as_it_likes(tmp_path):
    table_config(tmp_path)
    assert gcnlabel("train", tmp_path / "c.yaml", "--output", tmp_path / "run").exit_code == 0
    elsewhere = tmp_path / "elsewhere" / "album"
    elsewhere.mkdir(parents=True)
    for name in ("x.png", "y.png"):
        (elsewhere / name).write_bytes((tmp_path / "photos/00000.png").read_bytes())
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("image,face_x,face_y,face_width,face_height\nalbum/x.png,1,1,6,6\ny.png,0,0,8,8\n")
    output = tmp_path / "p.csv"
    result = gcnlabel("predict", tmp_path / "run", elsewhere, "--faces", boxes, "--output", output)
    assert result.exit_code == 0, result.output
    assert pl.read_csv(output)["image"].to_list() == ["album/x.png", "y.png"]
    boxes.write_text("image,face_x,face_y,face_width,face_height\nother/x.png,1,1,6,6\n")
    assert (
        "has images that do not exist: other/x.png"
        in gcnlabel("predict", tmp_path / "run", elsewhere, "--faces", boxes).stderr
    )
    assert (
        "--alignment without --faces"
        in gcnlabel("predict", tmp_path / "run", elsewhere, "--alignment", "centre").stderr
    )


def damage(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), damage, lambda path: path.write_bytes(b"")])
def test_more_than_one_percent_of_a_table_is_an_error_unless_allowed(tmp_path, spoil):
    config = table_config(tmp_path)
    for i in (8, 9):  # 2 of 120
        spoil(tmp_path / f"photos/{i:05d}.png")
    with pytest.raises(InputError, match=r"2 of 120 images (missing|unreadable) in split 'train', first photos/00008"):
        load_data(config)
    allowed = config.model_copy(update={"data": config.data.model_copy(update={"allow_missing": 0.02})})
    found = load_data(allowed)
    assert len(found.parts["train"].annotations) == len(found.parts["train"].inputs) == 118
    assert "photos/00008.png" not in found.parts["train"].annotations.ids
    assert "2 left out: image " in found.rows.line()


def test_images_on_disk_are_looked_at_too(tmp_path, monkeypatch):
    config = table_config(tmp_path)
    damage(tmp_path / "photos/00008.png")
    in_memory = load_data(config)
    config = config.model_copy(update={"data": config.data.model_copy(update={"in_memory": 0})})
    for most in (1000, 0):  # each file is decoded, or header and end are looked at
        monkeypatch.setattr("gcnlabel.data.readable.MAX_DECODED", most)
        lazy = load_data(config)
        assert lazy.rows == in_memory.rows
        np.testing.assert_array_equal(lazy.parts["train"].inputs[:], in_memory.parts["train"].inputs)


def test_all_images_missing_is_said_before_a_split_without_samples(tmp_path):
    config = table_config(tmp_path)
    for path in (tmp_path / "photos").iterdir():
        path.rename(path.with_suffix(".jpg"))
    message = r"120 of 120 images missing in split 'train', first photos/00000.png; the folder holds photos/00000.jpg"
    with pytest.raises(InputError, match=message) as caught:
        load_data(config)
    assert "allow" not in str(caught.value)


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_split_whose_images_are_all_missing_is_named_though_it_is_allowed(tmp_path, split):
    config = table_config(tmp_path)
    data = config.data.model_copy(update={"allow_missing": 1.0})
    ids = load_data(config).parts[split].annotations.ids
    for name in ids:
        (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"no row of split '{split}' is left: rows: .* left out: image missing"):
        load_data(config.model_copy(update={"data": data}))
    for path in (tmp_path / "photos").iterdir():
        path.unlink()
    drawn = data.model_copy(update={"splits": Splits(train=0.7, val=0.15, test=0.15)})
    with pytest.raises(InputError, match="no row of split 'all' is left: rows: .* left out: image missing"):
        load_data(config.model_copy(update={"data": drawn}))


def test_paths_with_backslashes(tmp_path):
    config = table_config(tmp_path)
    before = load_data(config)
    path = tmp_path / "t.csv"
    path.write_text(path.read_text().replace("photos/", "photos\\"))
    found = load_data(config)
    np.testing.assert_array_equal(found.parts["train"].inputs[:], before.parts["train"].inputs[:])
    path.write_text(path.read_text().replace("photos\\", "..\\..\\photos\\"))
    with pytest.raises(InputError, match="missing|leads out"):
        load_data(config)


def test_faces_without_their_images(tmp_path):
    root = write_affectnet(tmp_path / "AffectNet")
    data = {"source": "affectnet", "path": str(root), "size": 16, "splits": {"val": "val", "test": "val"}}
    assert load_data(parse_config({"data": data})).rows.line() == "rows: 50 used (train 40, val 10)" + (
        "; kept: no landmarks, eyes unknown 50 (first training/0.jpg)".replace("; ", ", ")
    )
    images = root / "Manually_Annotated_Images"
    damage(images / "training/3.jpg")
    with pytest.raises(InputError, match="1 of 40 images unreadable in split 'train', first training/3.jpg: image"):
        load_data(parse_config({"data": data}))
    found = load_data(parse_config({"data": {**data, "allow_missing": 0.03}}))
    assert found.rows.reasons()["image unreadable (left out)"] == 1
    assert len(found.parts["train"].inputs) == 39
    for path in (images / "training").iterdir():
        path.unlink()
    with pytest.raises(InputError, match="40 of 40 images missing in split 'train'.*; the folder training is empty"):
        load_data(parse_config({"data": data}))


def test_rows_that_a_protocol_leaves_out_are_no_error(tmp_path):
    root = write_affectnet(tmp_path / "AffectNet")
    path = root / "Manually_Annotated_file_lists/training.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, *(line.replace(",NULL,", ",NULL,1") for line in lines[1:])]) + "\n")
    data = {
        "source": "affectnet",
        "path": str(root),
        "size": 16,
        "splits": {"val": "val", "test": "val"},
        "allow_missing": 0,
    }
    with pytest.raises(InputError, match="the label map does not cover it"):  # codes 11 to 16
        load_data(parse_config({"data": data}))
    path.write_text("\n".join([*lines, *(line.replace(",NULL,0", ",NULL,8") for line in lines[1:])]) + "\n")
    found = load_data(parse_config({"data": data}))
    assert found.rows.reasons()["expression code 8 = none (left out)"] == 6


@pytest.mark.filterwarnings("ignore")
def test_a_cache_says_what_was_left_out_of_it(tmp_path):
    write_turned_faces(tmp_path / "AffectNet", [0.1, -0.4, 0.7, 0.2])
    (tmp_path / "AffectNet/Manually_Annotated_Images/1/1.jpg").write_bytes(b"no image")
    options = ["--size", 16, "--allow-missing", 0.5, "--alignment", "emotion-gcn-code", "--workers", 1]
    assert gcnlabel("prepare", "affectnet", tmp_path / "AffectNet", tmp_path / "cache", *options).exit_code == 0
    data = {"source": "affectnet", "path": str(tmp_path / "cache"), "size": 16, "splits": {"val": "val", "test": "val"}}
    with pytest.raises(InputError, match="data.alignment is 'centre', but the cache was made with 'emotion-gcn-code'"):
        load_data(parse_config({"data": data}))
    data["alignment"] = "emotion-gcn-code"
    with pytest.raises(InputError, match="1 of 3 images unreadable in split 'train', first 1/1.jpg"):
        load_data(parse_config({"data": data}))
    found = load_data(parse_config({"data": {**data, "allow_missing": 0.5}}))
    assert found.rows.line() == "rows: 3 used (train 2, val 1), 1 left out: image unreadable 1 (first 1/1.jpg)"


def test_build_graph_and_other_splits(tmp_path):
    table_config(tmp_path)
    given = ["build-graph", tmp_path / "tasks.yaml", "--annotations", tmp_path / "t.csv", "--split", "train"]
    result = gcnlabel(
        *given,
        "--convention",
        "ml-gcn-paper",
        "--tau",
        "0",
        "--embeddings",
        "one-hot",
        "--output",
        tmp_path / "g.safetensors",
    )
    assert result.exit_code == 0, result.output
    line = (
        "rows: 120 used (train 120), 40 left out: of a split that is not used 40 (first t.csv row 4 below the header)"
    )
    assert line in result.output.splitlines()


def test_the_recipe_for_re_packs_in_the_guide(tmp_path, monkeypatch):
    text = (Path(__file__).parents[2] / "examples/emotion_gcn/README.md").read_text()
    recipe = next(block.split("```")[0] for block in text.split("```yaml\n")[1:])
    names = ["anger", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    rows = [",pth,label,relFCs"]
    for i in range(80):
        path = tmp_path / "archive" / names[i % 8] / f"image{i:07d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (12, 12), (i, i, i)).save(path)
        rows.append(f"{i},{names[i % 8]}/{path.name},{names[i % 8]},0.8{i}")
    (tmp_path / "archive/labels.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "c.yaml").write_text(recipe)
    monkeypatch.chdir(tmp_path)
    data = load_data(load_config("c.yaml"))
    assert data.rows.line() == "rows: 80 used (all 80)"
    part = data.parts["test"].annotations
    classes = data.tasks["expression"].labels
    assert [name.split("/")[0] for name in part.ids] == [classes[i] for i in part.targets["expression"]]
