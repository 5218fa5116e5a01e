"""Lists and folders that went through pandas, other file systems and archives made on a Mac."""

import csv
import math

import numpy as np
import pytest
from test_aff_wild2 import write_images, write_mtl, write_video
from test_affectnet import HEADER, row, write_2017, write_2021
from test_emotic import csv_row, write_csv

from gcnlabel.annotations.found_images import elsewhere, find_images
from gcnlabel.errors import InputError
from gcnlabel.faces import read_aff_wild2, read_affectnet, read_emotic

OTHER_CASE = "file extension in another case, as .JPG for .jpg (kept)"


@pytest.mark.parametrize("index", ["", "Unnamed: 0", "index"])
def test_a_list_that_pandas_wrote_again(tmp_path, index):
    write_2017(tmp_path, [row(), row(expression="2")])
    path = tmp_path / "Manually_Annotated_file_lists/training.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{index},{lines[0]}", *(f"{i},{line}" for i, line in enumerate(lines[1:]))]) + "\n")
    faces = read_affectnet(tmp_path)
    assert faces.annotations.ids.tolist() == ["1/a.jpg"] * 2
    assert faces.annotations.targets["expression"].tolist() == [1, 2]


def test_empty_lines_are_no_rows(tmp_path):
    write_2017(tmp_path / "a", [row(), row(expression="2"), row(expression="x")])
    path = tmp_path / "a/Manually_Annotated_file_lists/training.csv"
    path.write_text(path.read_text().replace("\n", "\r\n\r\n") + ",,,,,,,,\n")
    faces = read_affectnet(tmp_path / "a", label_map={"1": "happy", "2": "sad", "x": "fear"})
    assert faces.annotations.targets["expression"].tolist() == [1, 2, 4]
    path.write_text(path.read_text().replace(",10,", ",ten,"))
    with pytest.raises(InputError, match=r"'ten' is not a number(?s:.)*training.csv, row 3"):
        read_affectnet(tmp_path / "a")
    path.write_text(path.read_text().replace(",ten,", ",10,").replace("1/a.jpg", ""))
    with pytest.raises(InputError, match=r"subDirectory_filePath is empty(?s:.)*training.csv, row 3"):
        read_affectnet(tmp_path / "a")
    (tmp_path / "b").mkdir()
    write_csv(tmp_path / "b", [csv_row(), "", csv_row()])
    assert len(read_emotic(tmp_path / "b").annotations) == 2


def test_columns_in_another_order(tmp_path):
    write_2017(tmp_path, [row()])
    path = tmp_path / "Manually_Annotated_file_lists/training.csv"
    names = HEADER.split(",")
    cells = dict(zip(names, row(arousal="0.75").split(","), strict=True))
    path.write_text(",".join(names[::-1]) + "\n" + ",".join(cells[name] for name in names[::-1]) + "\n")
    faces = read_affectnet(tmp_path)
    np.testing.assert_array_equal(faces.annotations.targets["affect"], [[0.5, 0.75]])
    np.testing.assert_array_equal(faces.boxes, [[10, 20, 40, 60]])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_lists_between_other_delimiters(tmp_path, delimiter, header):
    rows = [row(), row(expression="2", lnd="NULL"), row("1\\a.jpg", valence="-2")]
    write_2017(tmp_path, rows, header=header)
    path = tmp_path / "Manually_Annotated_file_lists/training.csv"
    lines = list(csv.reader(path.read_text().splitlines()))
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    faces = read_affectnet(tmp_path)
    assert faces.annotations.ids.tolist() == ["1/a.jpg"] * 3
    assert faces.annotations.targets["expression"].tolist() == [1, 2, 1]
    np.testing.assert_array_equal(faces.boxes, [[10, 20, 40, 60]] * 3)
    assert np.isnan(faces.eyes[1]).all()
    np.testing.assert_allclose(faces.eyes[[0, 2]], [[[30, 40], [70, 44]]] * 2)


def test_a_list_that_names_a_column_twice_or_lacks_the_header_of_a_wider_one(tmp_path):
    write_2017(tmp_path, [row()])
    path = tmp_path / "Manually_Annotated_file_lists/training.csv"
    text = path.read_text()
    path.write_text(text.replace("arousal", "arousal,Valence").replace("-0.25", "-0.25,0.9"))
    with pytest.raises(InputError, match="duplicate column: valence"):
        read_affectnet(tmp_path)
    path.write_text(row() + ",more\n")
    with pytest.raises(InputError, match="10 cells in the first row, and 9 names"):
        read_affectnet(tmp_path)


@pytest.mark.parametrize("inside", [True, False])
def test_paths_that_repeat_the_folder_of_images(tmp_path, inside):
    write_2017(tmp_path, [row("Manually_Annotated_Images/1/a.jpg"), *([row()] * inside)])
    if inside:
        report = read_affectnet(tmp_path).rows
        with pytest.raises(InputError, match="1 of .*it exists without Manually_Annotated_Images/"):
            report.check(0.01, root=tmp_path / "Manually_Annotated_Images")
    else:
        with pytest.raises(InputError, match=r"no usable row(.|\n)*it exists without Manually_Annotated_Images/"):
            read_affectnet(tmp_path)


def test_where_an_image_stands_instead(tmp_path):
    (tmp_path / "train/1").mkdir(parents=True)
    (tmp_path / "train/1/a.jpg").write_bytes(b"jpeg")
    assert elsewhere(tmp_path, "data/train/1/a.jpg").startswith("it exists without data/: ")
    assert elsewhere(tmp_path, "1/a.jpg").startswith("it is in train/: ")
    assert elsewhere(tmp_path, "1/b.jpg") is elsewhere(tmp_path, "x" * 5000) is elsewhere(tmp_path, "a\0") is None


def test_endings_in_other_case_are_found_and_counted(tmp_path):
    write_2017(tmp_path, [row("1/a.JPG"), row("1/b.jpg")], images=("1/a.jpg", "1/b.Jpg"))
    faces = read_affectnet(tmp_path)
    assert faces.annotations.ids.tolist() == ["1/a.JPG", "1/b.jpg"]  # as the list has them, so that they join
    assert faces.paths() == ["1/a.jpg", "1/b.Jpg"]
    assert faces.unusable == {OTHER_CASE: 2}
    assert faces.select([1]).paths() == ["1/b.Jpg"]


def test_what_is_ambiguous_is_missing(tmp_path):
    for name in ("a.jpg", "a.Jpg", "b.jpg", "C.jpg", "d.jpeg"):
        (tmp_path / name).write_bytes(b"jpeg")
    found = find_images(tmp_path, ["a.JPG", "b.JPG", "b.jpg", "c.jpg", "d.jpg"])
    assert found.present.tolist() == [False, False, True, False, False]
    assert not found.other_case.any()


def test_endings_in_other_case_elsewhere(tmp_path):
    write_csv(tmp_path, [csv_row("a.JPG")])
    faces = read_emotic(tmp_path)
    assert faces.paths() == ["mscoco/images/a.jpg"]
    assert faces.unusable == {OTHER_CASE: 1}
    root = tmp_path / "abaw"
    root.mkdir()
    write_mtl(root, "training", [f"v/00001.JPG,0.5,-0.5,4,{','.join('0' * 12)}"])
    write_images(root, "v", [1])
    faces = read_aff_wild2(root)
    assert faces.paths() == ["v/00001.jpg"]
    assert faces.unusable == {OTHER_CASE: 1}


def hide(folder):
    """What a Mac leaves in folders and archives."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        (path.parent / f"._{path.name}").write_bytes(b"\0\5\26\7\xff\xfe")
        (path.parent / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (folder / "._Manually_Annotated_file_lists").write_bytes(b"\0")


def test_hidden_files_are_passed_over(tmp_path):
    write_2017(tmp_path / "old", [row()])
    write_2021(tmp_path / "new", "train_set", 1)
    (tmp_path / "emotic").mkdir()
    write_csv(tmp_path / "emotic", [csv_row()])
    videos = tmp_path / "videos"
    write_video(videos, "EXPR_Set", "Train_Set", "v", ["1", "2"])
    write_video(videos, "VA_Set", "Train_Set", "v", ["0.5,0.5", "0,0"])
    write_images(videos, "v", [1, 2])
    readers = {"old": read_affectnet, "new": read_affectnet, "emotic": read_emotic, "videos": read_aff_wild2}
    before = {name: read(tmp_path / name) for name, read in readers.items()}
    hide(tmp_path)
    for name, read in readers.items():
        after = read(tmp_path / name)
        assert after.annotations.ids.tolist() == before[name].annotations.ids.tolist()
        assert after.rows == before[name].rows


def test_empty_lines_are_frames_without_annotation_in_either_file(tmp_path):
    write_video(tmp_path, "EXPR_Set", "Train_Set", "v", ["1", "", "2", "3"])
    write_video(tmp_path, "VA_Set", "Train_Set", "v", ["0.5,0.25", "0,0", "  ", "-1,1"])
    write_images(tmp_path, "v", [1, 2, 3, 4])
    faces = read_aff_wild2(tmp_path)
    nan = math.nan
    assert faces.annotations.targets["expression"].tolist() == [6, -1, 5, 4]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], [[0.5, 0.25], [0, 0], [nan, nan], [-1, 1]])
    assert faces.unusable == {"expression not annotated (masked)": 1, "valence and arousal not annotated (masked)": 1}
    write_video(tmp_path, "VA_Set", "Train_Set", "v", ["0.5,0.25", "", "x,0"])
    with pytest.raises(InputError, match=r"'x,0' cannot be read(.|\n)*v.txt, row 4"):
        read_aff_wild2(tmp_path)


def test_empty_lines_between_named_frames_name_none(tmp_path):
    units = ",".join(["0"] * 12)
    write_mtl(tmp_path, "training", [f"v/00001.jpg,0.5,-0.5,4,{units}", "", f"v/00002.jpg,0,0,x,{units}"])
    write_images(tmp_path, "v", [1, 2])
    with pytest.raises(InputError, match=r"'x'(.|\n)*training_set_annotations.txt, row 4"):
        read_aff_wild2(tmp_path)


def test_few_undeclared_codes_are_left_out_and_counted(tmp_path):
    rows = [row(expression=str(i % 7)) for i in range(150)]
    rows[70] = row(expression="77")
    write_2017(tmp_path, rows)
    faces = read_affectnet(tmp_path)
    assert len(faces) == 149
    assert faces.unusable == {"expression code 77 not declared (left out)": 1}
    with pytest.raises(InputError, match=r"'77': .*\(1 of 150 rows\)(.|\n)*training.csv, row 72(.|\n)*missing 0.01"):
        read_affectnet(tmp_path, allow_undeclared=0)
    rows[71:75] = [row(expression="78")] * 4
    write_2017(tmp_path, rows)
    with pytest.raises(InputError, match=r"\(5 of 150 rows\)(.|\n)*uncovered: 77, 78"):
        read_affectnet(tmp_path)
    assert len(read_affectnet(tmp_path, allow_undeclared=0.04)) == 145


def test_every_split_and_reason_has_its_first(tmp_path):
    training = [row("1/gone.jpg"), row(), row(expression="8"), row("2/gone.jpg"), row(box="NULL,1,2,3")]
    write_2017(tmp_path, training, [row(), row("3/gone.jpg")])
    found = {
        (each.split, each.reason): (each.what, each.count, each.first) for each in read_affectnet(tmp_path).rows.counts
    }
    assert found == {
        ("train", "image missing"): ("left out", 2, "1/gone.jpg"),
        ("val", "image missing"): ("left out", 1, "3/gone.jpg"),
        ("train", "expression code 8 = none"): ("left out", 1, "1/a.jpg"),
        ("train", "face box empty"): ("left out", 1, "1/a.jpg"),
    }
