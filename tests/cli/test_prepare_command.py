import json

import pytest
from click.testing import CliRunner
from turned_faces import write_turned_faces

from gcnlabel.cli import main
from gcnlabel.faces.cache.reader import FaceCache


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    root = tmp_path_factory.mktemp("release") / "AffectNet"
    write_turned_faces(root, [0.1, -0.4, 0.7, 0.2])
    (root / "Manually_Annotated_Images/1/1.jpg").write_bytes(b"no image")
    return root


def prepare(*arguments):
    return CliRunner().invoke(main, ["prepare", *map(str, arguments), "--workers", "1"])


def test_a_table_says_what_became_of_every_face(released, tmp_path):
    options = "--size", 32, "--channels", 1, "--allow-missing", 0.34
    result = prepare("affectnet", released, tmp_path / "faces", *options)
    assert result.exit_code == 0, result.output
    line = "rows: 3 used (train 2, val 1), 1 left out: image unreadable 1 (first 1/1.jpg)"
    assert line in result.output.splitlines()
    assert "train,left out,image unreadable,1,1/1.jpg,image " in (tmp_path / "faces/rows.csv").read_text()
    assert FaceCache(tmp_path / "faces").images.shape == (3, 1, 32, 32)
    assert [cells.split()[-2] for cells in result.output.splitlines() if "in the cache" in cells] == ["3"]
    assert "unreadable image (left out)" in result.output
    assert "left out: 1/1.jpg: image" in result.stderr
    again = prepare("affectnet", released, tmp_path / "faces", *options)
    assert again.exit_code == 0, again.output


def test_more_than_one_percent_is_an_error_unless_it_is_allowed(released, tmp_path):
    result = prepare("affectnet", released, tmp_path / "faces", "--size", 32)
    assert result.exit_code == 2
    assert "1 of 3 images unreadable in split 'train', first 1/1.jpg: image" in result.stderr
    assert "allow it: --allow-missing 0.34" in result.stderr


def test_strict_ends_with_2_and_names_the_image(released, tmp_path):
    result = prepare("affectnet", released, tmp_path / "faces", "--size", 32, "--strict")
    assert result.exit_code == 2
    assert "1.jpg cannot be read" in result.stderr
    assert not json.loads((tmp_path / "faces/manifest.json").read_text())["finished"]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [("aff-wild2", "Aff-Wild2"), ("emotic", "EMOTIC"), ("cohn-kanade", "aff-wild2 | affectnet | emotic")],
)
def test_a_folder_of_another_data_set(released, tmp_path, dataset, message):
    result = prepare(dataset, released, tmp_path / "faces")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "faces").exists()


def test_no_such_folder(tmp_path):
    result = prepare("affectnet", tmp_path / "nowhere", tmp_path / "faces")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
