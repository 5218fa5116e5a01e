import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.errors import InputError
from gcnlabel.faces import read_affectnet
from gcnlabel.faces.affectnet.eye_centres import eyes_from_points

HEADER = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"
CODES = ["neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt", "none", "uncertain", "no-face"]


def landmarks(left=(30.0, 40.0), right=(70.0, 44.0)):
    """68 points whose eyes have the given centres: each eye's six points stand around it."""
    points = np.arange(136, dtype=float).reshape(68, 2)
    around = np.array([[-3, 0], [-1, 2], [1, 2], [3, 0], [1, -2], [-1, -2]])
    points[36:42], points[42:48] = around + left, around + right
    return points


def text(points):
    return ";".join(f"{v:.2f}" for v in points.ravel())


def row(image="1/a.jpg", box="10,20,30,40", lnd=None, expression="1", valence="0.5", arousal="-0.25"):
    return f"{image},{box},{text(landmarks()) if lnd is None else lnd},{expression},{valence},{arousal}"


def write_2017(root, training, validation=(), header=True, images=("1/a.jpg",), lists="Manually_Annotated_file_lists"):
    (root / lists).mkdir(parents=True, exist_ok=True)
    for name, rows in (("training", training), ("validation", validation)):
        if rows:
            (root / lists / f"{name}.csv").write_text("\n".join([*([HEADER] if header else []), *rows]) + "\n")
    for image in images:
        path = root / "Manually_Annotated_Images" / image
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"jpeg")
    return root


def write_2021(root, part, i, exp="1", val="0.5", aro="-0.25", lnd=None, image=True):
    for name in ("images", "annotations"):
        (root / part / name).mkdir(parents=True, exist_ok=True)
    if image:
        (root / part / "images" / f"{i}.jpg").write_bytes(b"jpeg")
    values = {"exp": exp, "val": val, "aro": aro, "lnd": landmarks().ravel() if lnd is None else lnd}
    for kind, value in values.items():
        if value is not ...:
            np.save(root / part / "annotations" / f"{i}_{kind}.npy", np.array(value))


@pytest.mark.parametrize("lists", ["Manually_Annotated_file_lists", "."])
def test_a_list_by_hand(tmp_path, lists):
    training = [row(), row("1/b.jpg", expression="4", valence="-2", arousal="-2"), row("2\\c.jpg", lnd="NULL")]
    write_2017(tmp_path, training, [row("2/d.jpg", expression="NULL")], lists=lists)
    for image in ("1/b.jpg", "2/c.jpg", "2/d.jpg"):
        (tmp_path / "Manually_Annotated_Images/2").mkdir(exist_ok=True)
        (tmp_path / "Manually_Annotated_Images" / image).write_bytes(b"jpeg")
    faces = read_affectnet(tmp_path)
    assert faces.root == tmp_path / "Manually_Annotated_Images"
    assert faces.annotations.ids.tolist() == ["1/a.jpg", "1/b.jpg", "2/c.jpg", "2/d.jpg"]
    assert all((faces.root / name).is_file() for name in faces.annotations.ids)
    assert faces.annotations.split.tolist() == ["train", "train", "train", "val"]
    assert faces.annotations.targets["expression"].tolist() == [1, 4, 1, -1]
    nan = math.nan
    affect = [[0.5, -0.25], [nan, nan], [0.5, -0.25], [0.5, -0.25]]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], affect)
    np.testing.assert_array_equal(faces.boxes[0], [10, 20, 40, 60])
    np.testing.assert_allclose(faces.eyes[[0, 1, 3]], [[[30, 40], [70, 44]]] * 3)
    assert np.isnan(faces.eyes[2]).all()
    assert faces.unusable == {
        "expression not annotated (masked)": 1,
        "valence or arousal -2 (masked)": 1,
        "no landmarks, eyes unknown (kept)": 1,
    }


def test_only_complete_rows(tmp_path):
    rows = [row(), row(expression=""), row(valence="-2"), row(arousal="1.5"), row(valence="NULL")]
    faces = read_affectnet(write_2017(tmp_path, rows), complete_only=True)
    assert len(faces) == 1
    assert faces.unusable == {
        "expression not annotated (left out)": 1,
        "valence or arousal -2 (left out)": 1,
        "valence or arousal empty (left out)": 1,
        "valence or arousal outside [-1, 1] (left out)": 1,
    }
    masked = read_affectnet(tmp_path)
    np.testing.assert_array_equal(masked.annotations.targets["affect"][2:, 0], [math.nan, 0.5, math.nan])
    np.testing.assert_array_equal(masked.annotations.targets["affect"][2:, 1], [-0.25, math.nan, -0.25])


@pytest.mark.parametrize("classes", [7, 8])
def test_codes_outside_the_protocol_are_counted(tmp_path, classes):
    write_2017(tmp_path, [row(expression=str(code)) for code in range(11)])
    faces = read_affectnet(tmp_path, classes=classes)
    assert faces.annotations.targets["expression"].tolist() == list(range(classes))
    assert faces.annotations.tasks["expression"].labels == tuple(CODES[:classes])
    outside = {f"expression code {code} = {CODES[code]} (left out)": 1 for code in range(classes, 11)}
    assert faces.unusable == outside


def test_every_reason_is_counted_once(tmp_path):
    rows = [
        row(),
        row("9/gone.jpg", expression="8", box="NULL,NULL,NULL,NULL"),
        row(box="NULL,NULL,NULL,NULL"),
        row(box="5,5,0,10"),
        row(expression="NULL", valence="-2", arousal="-2"),
        row(lnd="1;2;3"),
        row(lnd=text(landmarks()).replace("27.00", "x27")),
        row(lnd=text(landmarks((50, 50), (50, 50)))),
    ]
    faces = read_affectnet(write_2017(tmp_path, rows))
    assert faces.unusable == {
        "image missing (left out)": 1,
        "face box empty (left out)": 2,
        "neither expression nor valence-arousal (left out)": 1,
        "landmarks malformed, eyes unknown (kept)": 2,
        "eye centres equal, eyes unknown (kept)": 1,
    }
    left_out = sum(n for reason, n in faces.unusable.items() if "(left out)" in reason)
    assert len(faces) + left_out == len(rows)
    assert np.isnan(faces.eyes[1:]).all()


def test_a_list_without_header(tmp_path):
    faces = read_affectnet(write_2017(tmp_path, [row()], [row(), row()], header=False))
    assert faces.annotations.split.tolist() == ["train", "val", "val"]


def test_names_instead_of_codes(tmp_path):
    write_2017(tmp_path, [row(expression=name) for name in ("Happiness", "anger", "Sad", "2.0", "Contempt", "none")])
    faces = read_affectnet(tmp_path)
    assert faces.annotations.targets["expression"].tolist() == [1, 6, 2, 2]
    assert faces.unusable == {"expression contempt (left out)": 1, "expression none (left out)": 1}
    assert read_affectnet(tmp_path, classes=8).annotations.targets["expression"].tolist() == [1, 6, 2, 2, 7]


def test_a_label_map_replaces_the_codes(tmp_path):
    write_2017(tmp_path, [row(expression=code) for code in ("0", "1", "7", "sad")])
    faces = read_affectnet(tmp_path, label_map={0: "anger", 1: "disgust", 7: None})
    assert faces.annotations.targets["expression"].tolist() == [6, 5, 2]
    with pytest.raises(InputError, match=r"expression '7': the label map does not cover it(.|\n)*training.csv, row 4"):
        read_affectnet(tmp_path, label_map={"0": "anger", "1": "disgust"})
    with pytest.raises(InputError, match="0 means 'angry', which is not a class(.|\n)*did you mean 'anger'"):
        read_affectnet(tmp_path, label_map={0: "angry"})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(), row(expression="12")], "'12'(.|\n)*training.csv, row 3(.|\n)*label_map"),
        ([row(expression="hapiness")], "did you mean 'happiness'"),
        ([row(valence="high")], "valence = 'high' is not a number(.|\n)*row 2"),
        ([row(box="a,1,2,3")], "face_x = 'a' is not a number(.|\n)*row 2"),
        ([row("gone.jpg")], "no usable row of AffectNet(.|\n)*image missing"),
        ([row() + ",1,2"], "training.csv cannot be read"),
    ],
)
def test_rows_that_cannot_be_read(tmp_path, rows, message):
    write_2017(tmp_path, rows)
    with pytest.raises(InputError, match=message):
        read_affectnet(tmp_path)


def test_a_row_of_the_second_list_is_named_there(tmp_path):
    write_2017(tmp_path, [row()] * 3, [row(), row(expression="77")])
    with pytest.raises(InputError, match="validation.csv, row 3"):
        read_affectnet(tmp_path)


def test_headers_and_folders_that_are_wrong(tmp_path):
    root = write_2017(tmp_path / "a", [row()])
    path = root / "Manually_Annotated_file_lists" / "training.csv"
    path.write_text(path.read_text().replace("valence", "valance"))
    with pytest.raises(InputError, match="no column 'valence'(.|\n)*did you mean 'valance'"):
        read_affectnet(root)
    path.write_text("some,thing,else\n1,2,3\n")
    with pytest.raises(InputError, match="neither the header nor a row"):
        read_affectnet(root)
    with pytest.raises(InputError, match="folder of images is missing"):
        read_affectnet(write_2017(tmp_path / "b", [row()], images=()))
    with pytest.raises(InputError, match="AffectNet folder not found"):
        read_affectnet(tmp_path / "nowhere")
    with pytest.raises(InputError, match="9 classes"):
        read_affectnet(root, classes=9)


def test_the_wrong_release_is_named(tmp_path):
    old, new = write_2017(tmp_path / "old", [row()]), tmp_path / "new"
    write_2021(new, "train_set", 1)
    with pytest.raises(InputError, match="not a folder of AffectNet 2021: it looks like AffectNet 2017"):
        read_affectnet(old, release="2021")
    with pytest.raises(InputError, match="not a folder of AffectNet 2017: it looks like AffectNet 2021"):
        read_affectnet(new, release="2017")
    with pytest.raises(InputError, match="release '2019'"):
        read_affectnet(old, release="2019")
    write_2021(old, "val_set", 1)
    with pytest.raises(InputError, match="both releases(.|\n)*release='2017'"):
        read_affectnet(old)
    assert len(read_affectnet(old, release="2021")) == len(read_affectnet(old, release="2017")) == 1
    (tmp_path / "abaw" / "EXPR_Set").mkdir(parents=True)
    with pytest.raises(InputError, match="it looks like Aff-Wild2"):
        read_affectnet(tmp_path / "abaw")
    (tmp_path / "classes" / "train" / "happy").mkdir(parents=True)
    with pytest.raises(InputError, match="one folder per class"):
        read_affectnet(tmp_path / "classes")
    (tmp_path / "else" / "docs").mkdir(parents=True)
    with pytest.raises(InputError, match="the folder has docs"):
        read_affectnet(tmp_path / "else")


def test_npy_by_hand(tmp_path):
    write_2021(tmp_path, "train_set", 2)
    write_2021(tmp_path, "train_set", 10, exp=np.int64(7), val=0.125, aro=np.float32(-0.5), lnd=text(landmarks()))
    write_2021(tmp_path, "train_set", 3, exp="8")
    write_2021(tmp_path, "val_set", 1, val=-2.0, aro="-2", lnd="NULL")
    write_2021(tmp_path, "val_set", 4, exp=..., lnd=...)
    write_2021(tmp_path, "val_set", 5, image=False)
    write_2021(tmp_path, "val_set", 6, lnd=np.arange(10.0))
    (tmp_path / "val_set/images/77.jpg").write_bytes(b"jpeg")
    faces = read_affectnet(tmp_path, classes=8)
    ids = ["train_set/images/2.jpg", "train_set/images/10.jpg", *(f"val_set/images/{i}.jpg" for i in (1, 4, 6))]
    assert faces.annotations.ids.tolist() == ids
    assert all((faces.root / name).is_file() for name in ids)
    assert faces.annotations.split.tolist() == ["train", "train", "val", "val", "val"]
    assert faces.annotations.targets["expression"].tolist() == [1, 7, 1, -1, 1]
    affect = [[0.5, -0.25], [0.125, -0.5], [math.nan] * 2, [0.5, -0.25], [0.5, -0.25]]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], affect)
    assert np.isnan(faces.boxes).all()
    np.testing.assert_allclose(faces.eyes[:2], [[[30, 40], [70, 44]]] * 2)
    assert np.isnan(faces.eyes[2:]).all()
    assert faces.unusable == {
        "image without annotations (left out)": 1,
        "image missing (left out)": 1,
        "expression code 8 = none (left out)": 1,
        "expression not annotated (masked)": 1,
        "valence or arousal -2 (masked)": 1,
        "no landmarks, eyes unknown (kept)": 2,
        "landmarks malformed, eyes unknown (kept)": 1,
    }


def test_npy_files_are_never_unpickled_and_errors_name_the_file(tmp_path):
    write_2021(tmp_path, "train_set", 1)
    path = tmp_path / "train_set/annotations/1_exp.npy"
    np.save(path, np.array({"a": 1}, dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="pickled objects(.|\n)*1_exp.npy"):
        read_affectnet(tmp_path)
    np.save(path, np.array("1"))
    whole = path.read_bytes()
    for broken in (whole[:-2], whole[:20], b"", b"text"):
        path.write_bytes(broken)
        with pytest.raises(InputError, match="not a complete .npy file(.|\n)*1_exp.npy"):
            read_affectnet(tmp_path)
    np.save(path, np.array("55"))
    with pytest.raises(InputError, match=r"'55'(.|\n)*annotations/1_"):
        read_affectnet(tmp_path)


def test_a_2021_folder_without_annotations(tmp_path):
    for name in ("images", "annotations"):
        (tmp_path / "train_set" / name).mkdir(parents=True)
    with pytest.raises(InputError, match="no annotation in the folder"):
        read_affectnet(tmp_path)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-500, 500, allow_subnormal=False), min_size=24, max_size=24))
def test_eyes_are_means_of_their_points_left_one_first(values):
    points = np.array(values).reshape(1, 12, 2)
    eyes = eyes_from_points(points.copy(), np.array([False]))
    centres = sorted(
        ([sum(p[0] for p in eye) / 6, sum(p[1] for p in eye) / 6] for eye in (points[0, :6], points[0, 6:])),
        key=lambda centre: centre[0],
    )
    if np.isnan(eyes.centres).any():
        np.testing.assert_allclose(centres[0], centres[1], atol=1e-5)
    else:
        np.testing.assert_allclose(np.sort(eyes.centres[0, :, 0]), [c[0] for c in centres], atol=1e-9)
        assert eyes.centres[0, 0, 0] <= eyes.centres[0, 1, 0]
        np.testing.assert_allclose(sorted(eyes.centres[0, :, 1]), sorted(c[1] for c in centres), atol=1e-9)
    swapped = eyes_from_points(np.roll(points, 6, axis=1), np.array([False]))
    if abs(centres[0][0] - centres[1][0]) > 1e-9:
        np.testing.assert_allclose(swapped.centres, eyes.centres)
