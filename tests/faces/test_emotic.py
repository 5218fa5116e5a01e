import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.faces import emotic_to_expressions, read_emotic
from gcnlabel.faces.emotic.categories import CATEGORIES
from gcnlabel.statistics import LabelStatistics
from gcnlabel.tasks import MultiLabel, TaskSet

NAN = math.nan
HEADER = "Index,Folder,Filename,Image Size,BBox,Categorical_Labels,Continuous_Labels,Gender,Age"


def cells(names):
    array = np.empty((1, len(names)), dtype=object)
    array[0, :] = names
    return array


def rating(values):
    return dict(zip(("valence", "arousal", "dominance"), values, strict=True))


def person(names, values=(5, 6, 7), box=(10, 20, 40, 60), combined=False):
    fields = {
        "body_bbox": np.array([box], dtype=float),
        "annotations_categories": {"categories": cells(names)},
        "annotations_continuous": rating(values),
        "gender": "Male",
        "age": "Adult",
    }
    if combined:  # val and test: several annotators, and what they say together
        fields |= {
            "annotations_categories": structs([{"categories": cells(["Yearning"])}, {"categories": cells(["Pain"])}]),
            "annotations_continuous": structs([rating([1, 1, 1]), rating([2, 2, 2])]),
            "combined_categories": cells(names),
            "combined_continuous": rating(values),
        }
    return fields


def structs(records):
    """A MATLAB struct array."""
    array = np.empty((1, len(records)), dtype=[(name, object) for name in records[0]])
    for i, record in enumerate(records):
        array[0, i] = tuple(record.values())
    return array


def record(filename, persons, folder="mscoco/images"):
    return {
        "filename": filename,
        "folder": folder,
        "image_size": {"n_row": 480, "n_col": 640},
        "original_database": {"name": "mscoco", "info": {"image_id": 1}},
        "person": structs(persons),
    }


def write_mat(root, train=(), val=(), test=(), images=True, **more):
    nobody = [record("none.jpg", [person(["Peace"], combined=True)])]
    splits = {"train": train or nobody, "val": val or nobody, "test": test or nobody}
    savemat(root / "Annotations.mat", {name: structs(records) for name, records in splits.items()} | more)
    if images:
        write_images(
            root, [r["filename"] for records in splits.values() for r in records if r["filename"] != "none.jpg"]
        )
    return root


def write_images(root, names):
    folder = root / "emotic" / "mscoco" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"jpeg")


def csv_row(image="a.jpg", box="[10, 20, 40, 60]", names="['Peace', 'Fear']", values="[5.0, 6.0, 7.0]"):
    return f'0,mscoco/images,{image},"[480, 640]","{box}","{names}","{values}",Male,Adult'


def write_csv(root, rows, split="train"):
    (root / "annotations").mkdir(exist_ok=True)
    (root / "annotations" / f"{split}.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    write_images(root, ["a.jpg"])
    return root


def tags(faces, row):
    found = faces.annotations.targets["emotions"][row]
    return [name for name, value in zip(CATEGORIES, found, strict=True) if value == 1]


def test_mat_by_hand(tmp_path):
    two = [person(["Disquietment", "Doubt/Confusion"]), person(["Anger"], (1, NAN, 10), (0, 0, 5.5, 9))]
    write_mat(
        tmp_path,
        train=[record("a.jpg", two), record("b.jpg", [person(["Peace"])])],
        val=[record("c.jpg", [person(["Disquitement", "Fear"], (4.5, 5, 6), combined=True)])],
        test=[record("d.jpg", [person(["Happiness"], combined=True)])],
    )
    faces = read_emotic(tmp_path)
    assert faces.root == tmp_path / "emotic"
    assert faces.annotations.ids.tolist() == [f"mscoco/images/{i}.jpg" for i in ("a", "a", "b", "c", "d")]
    assert all((faces.root / name).is_file() for name in faces.annotations.ids)
    assert faces.annotations.split.tolist() == ["train", "train", "train", "val", "test"]
    expected = [["disquietment", "doubt/confusion"], ["anger"], ["peace"], ["disquietment", "fear"], ["happiness"]]
    assert [tags(faces, row) for row in range(5)] == expected
    affect = [[5, 6, 7], [1, NAN, 10], [5, 6, 7], [4.5, 5, 6], [5, 6, 7]]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], affect)
    np.testing.assert_array_equal(faces.boxes[:2], [[10, 20, 40, 60], [0, 0, 5.5, 9]])
    assert np.isnan(faces.eyes).all()
    assert faces.unusable == {"a dimension is NaN (masked)": 1}
    complete = read_emotic(tmp_path, complete_only=True)
    assert len(complete) == 4
    assert complete.unusable == {"a dimension is NaN (left out)": 1}


def test_persons_that_cannot_be_used_are_counted(tmp_path):
    persons = [
        person(["Peace"]),
        person(["Peace"], box=(5, 5, 5, 9)),
        person([], (2, 3, 4)),
        person([], (NAN, NAN, NAN)),
        person(["Pain"], (0, 5, 11)),
    ]
    write_mat(tmp_path, train=[record("a.jpg", persons)], val=[record("none.jpg", [person(["Fear"])])])
    faces = read_emotic(tmp_path)
    assert len(faces) == 3
    assert np.isnan(faces.annotations.targets["emotions"][1]).all()
    np.testing.assert_array_equal(faces.annotations.targets["affect"][2], [NAN, 5, NAN])
    assert faces.unusable == {
        "image missing (left out)": 2,
        "body box empty (left out)": 1,
        "neither category nor dimension (left out)": 1,
        "no category (masked)": 1,
        "a dimension is outside [1, 10] (masked)": 1,
    }


def test_several_annotators_without_combined_fields(tmp_path):
    several = person(["Peace"]) | {
        "annotations_categories": structs([{"categories": cells(["Fear", "Pain"])}, {"categories": cells(["Pain"])}]),
        "annotations_continuous": structs([rating([2, NAN, 4]), rating([4, 6, 8])]),
    }
    faces = read_emotic(
        write_mat(tmp_path, train=[record("a.jpg", [several])], val=[record("a.jpg", [person(["Fear"])])])
    )
    assert tags(faces, 0) == ["fear", "pain"]
    np.testing.assert_array_equal(faces.annotations.targets["affect"][0], [3, 6, 6])
    assert faces.unusable["several annotators, categories joined and dimensions averaged (kept)"] == 1


def test_misspelt_categories(tmp_path):
    write_mat(tmp_path, train=[record("a.jpg", [person(["Peace"])]), record("b.jpg", [person(["Sympaty"])])])
    with pytest.raises(
        InputError, match=r"'Sympaty'(.|\n)*train\(2\) mscoco/images/b.jpg(.|\n)*did you mean 'sympathy'"
    ):
        read_emotic(tmp_path)
    faces = read_emotic(tmp_path, label_map={"Sympaty": "sympathy"})
    assert tags(faces, 1) == ["sympathy"]
    with pytest.raises(InputError, match="unknown EMOTIC category 'sympathie'(.|\n)*label map"):
        read_emotic(tmp_path, label_map={"Sympaty": "sympathie"})


def test_mat_files_of_another_version(tmp_path):
    write_images(tmp_path, ["a.jpg"])
    path = tmp_path / "Annotations.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n\x1a\n")
    with pytest.raises(InputError, match="MATLAB 7.3 \\(HDF5\\)(.|\n)*-v7"):
        read_emotic(tmp_path)
    for content in (b"no MATLAB file at all, only words " * 20, b"\0" * 3):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a MATLAB 5 file"):
            read_emotic(tmp_path)
    savemat(path, {"Annotations": np.arange(3)})
    with pytest.raises(InputError, match="variables are missing: train, val, test(.|\n)*has Annotations"):
        read_emotic(tmp_path)
    old = record("a.jpg", [{"body_bbox": np.array([1, 2, 3, 4]), "emotions": "Fear"}])
    savemat(path, {name: structs([old]) for name in ("train", "val", "test")})
    with pytest.raises(InputError, match=r"'annotations_categories' is missing(.|\n)*train\(1\)(.|\n)*another version"):
        read_emotic(tmp_path)


def test_csv_by_hand(tmp_path):
    rows = [csv_row(), csv_row(names="['Doubt/Confusion']", values="[nan, 2.0, 3]"), csv_row("gone.jpg")]
    write_csv(tmp_path, rows)
    write_csv(tmp_path, [csv_row(box="[]"), csv_row(names="['Disquitement']", values="[1, 1, 1]")], "test")
    faces = read_emotic(tmp_path)
    assert faces.annotations.split.tolist() == ["train", "train", "test"]
    assert [tags(faces, row) for row in range(3)] == [["fear", "peace"], ["doubt/confusion"], ["disquietment"]]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], [[5, 6, 7], [NAN, 2, 3], [1, 1, 1]])
    np.testing.assert_array_equal(faces.boxes[0], [10, 20, 40, 60])
    assert faces.unusable == {
        "image missing (left out)": 1,
        "body box empty (left out)": 1,
        "a dimension is NaN (masked)": 1,
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (csv_row(names="Peace, Fear"), "is not a list(.|\n)*train.csv, row 3, column 'Categorical_Labels'"),
        (csv_row(names="__import__('os').mkdir('x')"), "is not a list"),
        (csv_row(names="['Pece']"), "'Pece'(.|\n)*train.csv, row 3(.|\n)*did you mean 'peace'"),
        (csv_row(values="[1, 2]"), "2 dimensions(.|\n)*row 3"),
        (csv_row(values="['a', 2, 3]"), "'a' is not a number(.|\n)*Continuous_Labels"),
        (csv_row(""), "Filename is empty(.|\n)*row 3"),
    ],
)
def test_csv_cells_that_cannot_be_read(tmp_path, row, message):
    write_csv(tmp_path, [csv_row(), row])
    with pytest.raises(InputError, match=message):
        read_emotic(tmp_path)
    assert not (tmp_path / "x").exists()


def test_folders_that_are_wrong(tmp_path):
    with pytest.raises(InputError, match="not a folder of EMOTIC(.|\n)*Annotations.mat"):
        read_emotic(tmp_path)
    write_mat(tmp_path, train=[record("a.jpg", [person(["Peace"])])], images=False)
    with pytest.raises(InputError, match="folder of images is missing: no 'mscoco'"):
        read_emotic(tmp_path)
    path = write_csv(tmp_path, [csv_row()]) / "annotations" / "train.csv"
    path.write_text(path.read_text().replace("BBox", "Bbox"))
    with pytest.raises(InputError, match="no column 'BBox'(.|\n)*did you mean 'Bbox'"):
        read_emotic(tmp_path, annotations=path.parent)


def expressions_by_hand(names):
    meaning = {"happiness": 1, "sadness": 2, "surprise": 3, "fear": 4, "aversion": 5, "anger": 6}
    row = [0.0] * 7
    for name in names:
        if name in meaning:
            row[meaning[name]] = 1.0
    row[0] = float(not any(row))
    return row


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.sampled_from(CATEGORIES), min_size=1), min_size=1, max_size=12))
def test_expressions_and_their_conditional_probabilities(rows):
    target = np.array([[float(name in row) for name in CATEGORIES] for row in rows], dtype=np.float32)
    missing = np.vstack([target, np.full((1, 26), np.nan, dtype=np.float32)])
    given_tags = Annotations(TaskSet([MultiLabel("emotions", CATEGORIES)]), {"emotions": missing})
    found = emotic_to_expressions(given_tags)
    expected = np.array([expressions_by_hand(row) for row in rows])
    np.testing.assert_array_equal(found.targets["expression"][:-1], expected)
    assert np.isnan(found.targets["expression"][-1]).all()
    probabilities = LabelStatistics(found.tasks, {("expression", "expression"): "conditional"}).update(found).compute()
    for i in range(7):
        for j in range(7):
            n = sum(row[i] for row in expected)
            both = sum(row[i] * row[j] for row in expected)
            assert probabilities[i, j] == pytest.approx(both / n if n and i != j else 0)


def test_another_map_to_expressions(tmp_path):
    names = [["Pain"], ["Suffering", "Annoyance"], ["Peace"]]
    faces = read_emotic(write_mat(tmp_path, train=[record("a.jpg", [person(n) for n in names])]))
    mapping = {"sad": ["Pain", "suffering"], "anger": "annoyance"}
    found = emotic_to_expressions(faces, mapping, classes=("neutral", "sad", "anger"))
    assert found.targets["expression"].tolist() == [[0, 1, 0], [0, 1, 1], [1, 0, 0]]
    assert found.ids.tolist() == faces.annotations.ids.tolist()
    assert found.split.tolist() == ["train"] * 3
    with pytest.raises(InputError, match="'joy' is not a class"):
        emotic_to_expressions(faces, mapping | {"joy": "happiness"}, classes=("neutral", "sad", "anger"))
    with pytest.raises(InputError, match="without a category of EMOTIC: contempt"):
        emotic_to_expressions(faces, mapping, classes=("neutral", "sad", "anger", "contempt"))
    with pytest.raises(InputError, match="'suffring'(.|\n)*mapping of 'sad'(.|\n)*did you mean 'suffering'"):
        emotic_to_expressions(faces, {"sad": "suffring"}, classes=("neutral", "sad"))
    with pytest.raises(InputError, match="neutral class 'none'"):
        emotic_to_expressions(faces, {"sad": "pain"}, classes=("sad",), neutral="none")
