"""Predictions against the scores that the evaluation of the same run wrote."""

import json
import math
import shutil

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from turned_faces import landmarks, photograph

from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import align_face
from gcnlabel.faces.places import read_face_places
from gcnlabel.faces.synthetic import synthetic_faces
from gcnlabel.prediction import find_images, predict
from gcnlabel.run import RunFolder


def test_equals_what_the_evaluation_found(face_run, tmp_path):
    images, annotations = synthetic_faces(60, seed=0, split="test")
    for name, image in zip(annotations.ids, images, strict=True):
        Image.fromarray(image[0]).save(tmp_path / f"{name}.png")
    steps = []
    found = predict(face_run, tmp_path, batch_size=7, progress=lambda *step: steps.append(step))
    evaluated = load_file(face_run.predictions)
    assert list(found.names) == [f"{name}.png" for name in annotations.ids]
    probabilities = evaluated["scores/expression"].softmax(1).numpy()
    np.testing.assert_allclose(found.values["expression"], probabilities, atol=1e-5)
    np.testing.assert_allclose(found.values["affect"], evaluated["scores/affect"].numpy(), atol=1e-5)
    assert found.classes("expression") == [
        found.tasks["expression"].labels[i] for i in evaluated["scores/expression"].argmax(1)
    ]
    assert steps[0] == (7, 60)
    assert steps[-1] == (60, 60)


def test_tags_by_the_tuned_thresholds(tag_run):
    folder, images = tag_run
    found = predict(folder, images)
    evaluated = load_file(folder.predictions)
    rows = [found.names.index(f"{i}.png") for i in range(70, 90)]
    np.testing.assert_allclose(found.values["colours"][rows], evaluated["scores/colours"].sigmoid(), atol=1e-5)
    kept = folder.read_evaluation()["thresholds"]["colours"]
    limits = torch.tensor([kept[name] for name in ("red", "green", "blue")])
    assert (limits != 0).any()
    predicted = evaluated["scores/colours"] >= limits
    names = np.array(["red", "green", "blue"])
    assert [found.tags("colours")[row] for row in rows] == [names[row.numpy()].tolist() for row in predicted]


def test_features_without_the_table_of_the_run(feature_run):
    folder, features = feature_run
    found = predict(folder, features, batch_size=13)
    evaluated = load_file(folder.predictions)
    assert list(found.names) == [str(i) for i in range(60)]
    np.testing.assert_allclose(found.values["tags"][50:], evaluated["scores/tags"].sigmoid(), atol=1e-5)
    np.testing.assert_allclose(found.values["weather"][50:], evaluated["scores/weather"], atol=1e-4)


def test_one_image_a_folder_and_any_batch_size_agree(face_run, faces):
    folder, _ = faces
    whole = predict(face_run, folder)
    assert list(whole.names) == ["0.png", "1.png", "2.png", "3.png", "b/4.png", "b/5.png"]
    one = predict(face_run, folder / "b/4.png", batch_size=1)
    assert list(one.names) == ["4.png"]
    np.testing.assert_allclose(one.values["affect"][0], whole.values["affect"][4], atol=1e-6)
    assert find_images(folder)["b/4.png"] == folder / "b/4.png"


def test_a_table_of_places_aligns_the_face(face_run, tmp_path):
    photo, eyes = photograph(0.6, (0, 0), (120, 80))
    (tmp_path / "photos").mkdir()
    Image.fromarray(photo).save(tmp_path / "photos/a.png")
    box = [150, 110, 400, 360]
    line = f"a.png,150,110,250,250,{landmarks(eyes)}"
    (tmp_path / "faces.csv").write_text(f"image,face_x,face_y,face_width,face_height,facial_landmarks\n{line}\n")
    places = read_face_places(tmp_path / "faces.csv")
    np.testing.assert_allclose(places["a.png"].eyes, eyes, atol=1e-3)
    face = align_face(photo, box, places["a.png"].eyes, 64, channels=1)[..., 0]
    Image.fromarray(face).save(tmp_path / "aligned.png")
    placed = predict(face_run, tmp_path / "photos", places=places)
    aligned = predict(face_run, tmp_path / "aligned.png")
    whole = predict(face_run, tmp_path / "photos")
    np.testing.assert_allclose(placed.values["affect"], aligned.values["affect"], atol=1e-6)
    assert np.abs(placed.values["affect"] - whole.values["affect"]).max() > 1e-3


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "CMYK"])
def test_every_kind_of_picture(face_run, faces, tmp_path, mode):
    suffix = "tif" if mode == "CMYK" else "png"
    Image.open(faces[0] / "0.png").convert("RGB").convert(mode).save(tmp_path / f"a.{suffix}")
    found = predict(face_run, tmp_path)
    assert np.isfinite(found.values["affect"]).all()
    assert found.values["expression"].sum() == pytest.approx(1, abs=1e-5)


def test_broken_images_of_a_folder_are_left_out_and_named(face_run, faces, tmp_path):
    Image.open(faces[0] / "0.png").save(tmp_path / "good.png")
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    steps = []
    found = predict(face_run, tmp_path, progress=lambda *step: steps.append(step))
    assert list(found.names) == ["good.png"]
    assert "bad.jpg cannot be read" in found.unreadable["bad.jpg"]
    assert steps[-1] == (2, 2)
    with pytest.raises(InputError, match="bad.jpg cannot be read"):
        predict(face_run, tmp_path / "bad.jpg")
    (tmp_path / "good.png").unlink()
    with pytest.raises(InputError, match=r"none of the 1 images can be read"):
        predict(face_run, tmp_path)


def test_tables_hold_every_value(tag_run, feature_run, tmp_path):
    found = predict(*tag_run)
    found.save(tmp_path / "a.csv")
    table = pl.read_csv(tmp_path / "a.csv")
    assert table.columns == ["image", "colours", "colours:red", "colours:green", "colours:blue"]
    np.testing.assert_allclose(table["colours:green"], found.values["colours"][:, 1], rtol=1e-5)
    assert [tags.split(";") if tags else [] for tags in table["colours"].fill_null("")] == found.tags("colours")
    found = predict(*feature_run)
    found.save(tmp_path / "b.jsonl")
    records = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert [record["row"] for record in records] == [str(row) for row in range(60)]
    assert found.table().columns[0] == "row"
    assert records[3]["weather"]["dust"] == pytest.approx(found.values["weather"][3, 2], rel=1e-5)
    assert records[3]["tags"]["tags"] == found.tags("tags")[3]
    assert records[3]["tags"]["probabilities"]["b"] == pytest.approx(found.values["tags"][3, 1], rel=1e-5)


def test_strangers_in_the_table_of_places(face_run, faces, tmp_path):
    (tmp_path / "faces.csv").write_text("image\nb/4.png\nnobody.png\n")
    with pytest.raises(InputError, match=r"has images that do not exist: nobody\.png"):
        predict(face_run, faces[0], places=read_face_places(tmp_path / "faces.csv"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("picture\na.png\n", "has the columns picture"),
        ("image,face_x\na.png,3\n", "has the columns image, face_x"),
        ("image,colour\na.png,3\n", "has the columns image, colour"),
        ("image\na.png\na.png\n", "has duplicate images: a.png"),
        (
            "image,face_x,face_y,face_width,face_height\na.png,1,2,x,4\n",
            r"'x' is not a number\n.*row 2, column face_width",
        ),
        ("image,facial_landmarks\na.png,1;2;3\n", "invalid landmarks"),
    ],
)
def test_a_bad_table_of_places(tmp_path, text, message):
    (tmp_path / "faces.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_face_places(tmp_path / "faces.csv")


def test_an_empty_box_is_named(face_run, faces, tmp_path):
    (tmp_path / "faces.csv").write_text("image,face_x,face_y,face_width,face_height\n4.png,3,3,0,5\n")
    with pytest.raises(InputError, match="empty box"):
        predict(face_run, faces[0] / "b/4.png", places=read_face_places(tmp_path / "faces.csv"))


def test_the_wrong_kind_of_input(face_run, feature_run, faces, tmp_path):
    with pytest.raises(InputError, match="this run takes features"):
        predict(feature_run[0], faces[0])
    with pytest.raises(InputError, match="this run takes images"):
        predict(face_run, feature_run[1])
    np.save(tmp_path / "x.npy", np.zeros((4, 6), dtype=np.float32))
    with pytest.raises(InputError, match=r"x\.npy has 6 features, the run takes 5\n"):
        predict(feature_run[0], tmp_path / "x.npy")
    with pytest.raises(InputError, match="image or folder not found"):
        predict(face_run, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no image in"):
        predict(face_run, tmp_path / "empty")


def test_a_folder_that_is_no_run(faces, tmp_path):
    with pytest.raises(InputError):
        predict(RunFolder(tmp_path), faces[0])


def test_a_device_that_is_not_there(face_run, faces):
    with pytest.raises(InputError, match="device 'cuda:77' cannot be used"):
        predict(face_run, faces[0], device="cuda:77")


def test_a_network_of_nan_is_named(face_run, faces, tmp_path):
    shutil.copytree(face_run.path, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    with safe_open(folder.best, "pt") as file:
        metadata = file.metadata()
    nothing = {
        name: value * math.nan if value.is_floating_point() else value for name, value in load_file(folder.best).items()
    }
    save_file(nothing, folder.best, metadata)
    with pytest.raises(InputError, match="the scores of .* are not finite for 0.png"):
        predict(folder, faces[0])
