import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from PIL import Image

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.prediction import annotate, predict


def command(*arguments):
    return CliRunner().invoke(main, ["predict", *map(str, arguments)])


def test_a_table_of_all_inputs(face_run, faces):
    result = command(face_run.path, faces[0])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if ".png" in line]
    assert len(lines) == 6
    assert "b/5.png" in lines[-1]
    assert "%" in lines[0]
    assert all(title in result.output for title in ("expression", "valence", "arousal"))


def test_files_and_annotated_copies(face_run, faces, tmp_path):
    result = command(face_run.path, faces[0], "--output", tmp_path / "p.csv", "--annotate", tmp_path / "copies")
    assert result.exit_code == 0, result.output
    assert pl.read_csv(tmp_path / "p.csv")["image"].to_list()[-1] == "b/5.png"
    for name in ("0.png", "b/5.png"):
        with Image.open(tmp_path / "copies" / name) as copy:
            assert copy.size[0] > 2 * copy.size[1]
    again = command(face_run.path, faces[0], "--output", tmp_path / "p.csv")
    assert again.exit_code == 2
    assert "p.csv" in again.stderr
    assert command(face_run.path, faces[0], "--annotate", tmp_path / "copies").exit_code == 2
    again = command(face_run.path, faces[0], "--annotate", tmp_path / "copies", "--overwrite")
    assert again.exit_code == 0, again.output


def test_annotating_next_to_the_originals_replaces_none(face_run, faces):
    before = (faces[0] / "0.png").read_bytes()
    result = command(face_run.path, faces[0], "--annotate", faces[0], "--overwrite")
    assert result.exit_code == 2
    assert "would replace an image" in result.stderr
    assert (faces[0] / "0.png").read_bytes() == before


def test_tags_and_dimensions_are_annotated(tag_run, tmp_path):
    folder, images = tag_run
    result = command(folder.path, images / "3.png", "--annotate", tmp_path, "--output", tmp_path / "p.jsonl")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "3.png").exists()
    record = json.loads((tmp_path / "p.jsonl").read_text())
    assert set(record["colours"]) == {"tags", "probabilities"}


def test_left_out_images_are_named(face_run, faces, tmp_path):
    Image.open(faces[0] / "0.png").save(tmp_path / "good[1].png")
    (tmp_path / "bad.png").write_bytes(b"")
    result = command(face_run.path, tmp_path)
    assert result.exit_code == 0, result.output
    assert "good[1].png" in result.output
    assert "skipped: bad.png: image" in result.stderr


@pytest.mark.parametrize("name", ["p.xlsx", "p"])
def test_an_unknown_format_is_refused_before_any_work(face_run, faces, tmp_path, name):
    result = command(face_run.path, faces[0], "--output", tmp_path / name)
    assert result.exit_code == 2
    assert ".csv or .jsonl" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_faces(face_run, faces, tmp_path):
    (tmp_path / "faces.csv").write_text("image,face_x,face_y,face_width,face_height\n0.png,8,8,40,40\n")
    result = command(face_run.path, faces[0], "--faces", tmp_path / "faces.csv", "--output", tmp_path / "a.csv")
    assert result.exit_code == 0, result.output
    command(face_run.path, faces[0], "--output", tmp_path / "b.csv")
    a, b = (pl.read_csv(tmp_path / name)["affect:valence"] for name in ("a.csv", "b.csv"))
    assert a[0] != b[0]
    assert a[1:].to_list() == b[1:].to_list()


def test_features_cannot_be_annotated(feature_run, tmp_path):
    folder, features = feature_run
    result = command(folder.path, features, "--annotate", tmp_path / "copies", "--output", tmp_path / "p.csv")
    assert result.exit_code == 2
    assert "x.npy is a file of features, which cannot be annotated" in result.stderr
    assert "omit --annotate" in result.stderr
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="there are no images for the predictions of row 0, 1"):
        annotate(predict(folder, features), {}, {})


def test_features_of_another_size(feature_run, tmp_path):
    np.save(tmp_path / "f4.npy", np.zeros((3, 4), dtype=np.float32))
    result = command(feature_run[0].path, tmp_path / "f4.npy")
    assert result.exit_code == 2
    assert "f4.npy has 4 features, the run takes 5" in result.stderr
    assert "checkpoint" not in result.stderr
