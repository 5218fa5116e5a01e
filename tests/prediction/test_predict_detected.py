"""Photographs in which something is looked for: by a detector of green squares, whose answers are known."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from green_squares import green_squares, squares
from PIL import Image

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.faces.places import FacePlace
from gcnlabel.prediction import load_network, predict, predict_detected
from gcnlabel.prediction.detecting import Detecting, Picture
from gcnlabel.prediction.photographs import read_photograph

GREEN = "green_squares:green_squares"


def command(*words):
    return CliRunner().invoke(main, ["predict", *map(str, words)])


@pytest.fixture
def photos(tmp_path):
    """Two squares, none, one in a picture that is stored turned, a grey one, one with transparency, and no image."""
    folder = tmp_path / "photos"
    folder.mkdir()
    squares((10, 20, 30), (70, 5, 20)).save(folder / "a-two.png")
    squares().save(folder / "b-none.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    squares((10, 20, 30)).save(folder / "c-turned.png", exif=exif)
    squares((10, 20, 30)).convert("L").save(folder / "d-grey.png")
    squares((0, 0, 16)).convert("RGBA").save(folder / "e-alpha.png")
    (folder / "f-broken.jpg").write_bytes(b"\xff\xd8 no photograph")
    return folder


def test_a_row_for_each_square_and_one_for_each_photograph_without(face_run, photos):
    found = predict_detected(face_run, photos, GREEN)
    table = found.table()
    assert table["image"].to_list() == [
        "a-two.png",
        "a-two.png",
        "b-none.png",
        "c-turned.png",
        "d-grey.png",
        "e-alpha.png",
    ]
    assert table["number"].to_list() == [1, 2, None, 1, None, 1]
    boxes = table.select("box_x", "box_y", "box_width", "box_height").rows()
    assert boxes[:2] == [(10, 20, 30, 30), (70, 5, 20, 20)]
    assert boxes[3] == (80 - 20 - 30, 10, 30, 30)  # of the upright picture
    assert boxes[2] == boxes[4] == (None,) * 4
    assert table["expression"].is_null().to_list() == [False, False, True, False, True, False]
    assert list(found.unreadable) == ["f-broken.jpg"]
    assert found.remarks == ("nothing found in 2 of 5 images: b-none.png, d-grey.png",)


def test_what_is_predicted_is_what_a_table_of_faces_would_have_cut_out(face_run, photos):
    found = predict_detected(face_run, photos, GREEN, batch_size=2)
    assert len(found) == 4
    for row, box in enumerate([(10, 20, 40, 50), (70, 5, 90, 25)]):
        place = FacePlace(np.array(box, dtype=float), np.full((2, 2), np.nan))
        alone = predict(face_run, photos / "a-two.png", places={"a-two.png": place})
        for task in found.tasks.names:
            assert np.allclose(found.values[task][row], alone.values[task][0], atol=1e-5)


def test_records_have_null_where_nothing_was_found(face_run, photos):
    records = predict_detected(face_run, photos, GREEN).records()
    assert records[2] == {
        "image": "b-none.png", "number": None, "box": None, "score": None, "expression": None, "affect": None,
    }  # fmt: skip
    assert records[1]["box"] == [70, 5, 20, 20]
    assert set(records[1]["affect"]) == {"valence", "arousal"}


def test_no_square_at_all(face_run, tmp_path):
    squares().save(tmp_path / "a.png")
    found = predict_detected(face_run, tmp_path / "a.png", GREEN)
    assert len(found) == 0
    assert found.table()["affect:valence"].to_list() == [None]
    assert found.remarks == ("nothing found in 1 of 1 images: a.png",)


def test_files_copies_and_notices(face_run, photos, tmp_path):
    written = "--output", tmp_path / "p.csv", "--annotate", tmp_path / "copies"
    result = command(face_run.path, photos, "--detect", "--detector", GREEN, *written)
    assert result.exit_code == 0, result.output
    assert "skipped: f-broken.jpg" in result.stderr
    assert "nothing found in 2 of 5 images: b-none.png, d-grey.png" in result.stderr
    assert "a-two.png #2" in result.output
    assert pl.read_csv(tmp_path / "p.csv")["number"].to_list() == [1, 2, None, 1, None, 1]
    assert len(list((tmp_path / "copies").iterdir())) == 5
    with Image.open(tmp_path / "copies" / "c-turned.png") as copy, Image.open(photos / "c-turned.png") as original:
        assert copy.size == original.size[::-1]
    assert command(face_run.path, photos, "--detect", "--detector", GREEN, *written[:2]).exit_code == 2
    again = command(face_run.path, photos, "--detect", "--detector", GREEN, *written[2:])
    assert again.exit_code == 2
    assert "already exists" in again.stderr
    assert command(face_run.path, photos, "--detect", "--detector", GREEN, *written, "--overwrite").exit_code == 0


def test_json_and_options_of_the_detector(face_run, photos):
    detector = f"{{name: '{GREEN}', least: 500}}"
    result = command(face_run.path, photos / "a-two.png", "--detect", "--detector", detector, "--json")
    assert result.exit_code == 0, result.output
    (record,) = json.loads(result.stdout)["predictions"]
    assert record["box"] == [10, 20, 30, 30]


def test_a_large_jpeg_is_decoded_smaller_and_its_boxes_are_those_of_the_file(face_run, tmp_path):
    path = tmp_path / "large.jpg"
    squares((100, 200, 300), size=(1200, 800)).save(path, quality=95)
    image, scale = read_photograph(path, 300)
    assert (image.size, scale) == ((300, 200), 0.25)
    whole, one = read_photograph(path)
    assert (whole.size, one) == ((1200, 800), 1)
    (x, y, width, height, _), = (
        Detecting(green_squares(), load_network(face_run))
        .predictions([Picture(("a",), image, scale)], 1, "cpu", lambda done, total: None, 1)
        .where.select("box_x", "box_y", "box_width", "box_height", "score")
        .rows()
    )  # fmt: skip
    assert np.allclose([x, y, width, height], [100, 200, 300, 300], atol=4)


def test_sixteen_bits_are_refused(face_run, tmp_path):
    Image.fromarray(np.full((30, 30), 40000, dtype=np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(InputError, match="more than 8 bits"):
        predict_detected(face_run, tmp_path / "deep.png", GREEN)


def test_no_image_of_a_folder_can_be_read(face_run, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match="none of the 1 images can be read"):
        predict_detected(face_run, tmp_path, GREEN)


def test_videos_of_a_folder_are_named(face_run, photos):
    (photos / "clip.MP4").write_bytes(b"")
    assert "clip.MP4; give each separately" in predict_detected(face_run, photos, GREEN).remarks[-1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--detector", GREEN], "--detector has no effect without --detect"),
        (["--smooth", "2"], "--smooth has no effect without --detect"),
        (["--detect", "--faces", "boxes.csv"], "--faces has no effect with --detect"),
        (["--detect", "--every", "2", "--fps", "3"], "--every and --fps"),
        (["--detect", "--every", "2"], "is not a video"),
        (["--detect", "--detector", "haar"], "unknown detector 'haar'"),
        (["--detect", "--detector", "[1]"], "expected: a name, or {name: ..., option: ...}"),
        (["--detect", "--detector", "green_squares:no_detector"], "makes a int"),
        (["--detect", "--detector", "{name: centerface, size: 3}"], "unknown key 'size'"),
    ],
)
def test_what_cannot_be_is_said(face_run, photos, words, expected):
    result = command(face_run.path, photos, *words)
    assert result.exit_code == 2, result.output
    assert expected in result.stderr


def test_a_run_on_features_has_no_pictures(feature_run, photos):
    result = command(feature_run[0].path, photos, "--detect", "--detector", GREEN)
    assert result.exit_code == 2
    assert "was trained on features" in result.stderr
