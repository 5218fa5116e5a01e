import math

import numpy as np
import pytest

from gcnlabel.errors import InputError
from gcnlabel.faces import read_aff_wild2

EXPR = "Neutral,Anger,Disgust,Fear,Happiness,Sadness,Surprise"
ORDER = ["neutral", "anger", "disgust", "fear", "happy", "sad", "surprise"]
NAN = math.nan


def write_video(root, task, split, video, lines, header=None):
    header = header or ("valence,arousal" if task.startswith("VA") else EXPR)
    path = root / task / split / f"{video}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n")


def write_images(root, video, frames, suffix=".jpg"):
    folder = root / "cropped_aligned" / video
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        (folder / f"{frame:05d}{suffix}").write_bytes(b"jpeg")


def write_mtl(root, name, lines):
    units = ",".join(f"AU{i}" for i in range(12))
    (root / f"{name}_set_annotations.txt").write_text("\n".join([f"image,valence,arousal,expression,{units}", *lines]))


@pytest.fixture
def root(tmp_path):
    write_video(tmp_path, "EXPR_Set", "Train_Set", "v1", ["0", "4", "-1", "6"])
    write_video(tmp_path, "VA_Set", "Train_Set", "v1", ["0.5,-0.5", "-5,-5", "-5,-5", "1,0"])
    write_video(tmp_path, "EXPR_Set", "Train_Set", "v2_left", ["1", "5"])
    write_video(tmp_path, "VA_Set", "Validation_Set", "v3", ["0.25,0.75", "0,-1"])
    write_images(tmp_path, "v1", range(1, 5))
    write_images(tmp_path, "v2_left", range(1, 3))
    write_images(tmp_path, "v3", range(1, 3))
    return tmp_path


def test_videos_by_hand(root):
    faces = read_aff_wild2(root)
    ids = ["v1/00001.jpg", "v1/00002.jpg", "v1/00004.jpg", "v2_left/00001.jpg", "v2_left/00002.jpg"]
    assert faces.annotations.ids.tolist() == [*ids, "v3/00001.jpg", "v3/00002.jpg"]
    assert all((faces.root / name).is_file() for name in faces.annotations.ids)
    assert faces.annotations.split.tolist() == ["train"] * 5 + ["val"] * 2
    classes = faces.annotations.tasks["expression"].labels
    named = [None if code < 0 else classes[code] for code in faces.annotations.targets["expression"]]
    assert named == ["neutral", "happy", "surprise", "anger", "sad", None, None]
    affect = [[0.5, -0.5], [NAN, NAN], [1, 0], [NAN, NAN], [NAN, NAN], [0.25, 0.75], [0, -1]]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], affect)
    assert np.isnan(faces.boxes).all()
    assert np.isnan(faces.eyes).all()
    assert faces.unusable == {
        "neither expression nor valence-arousal (left out)": 1,
        "expression not annotated (masked)": 2,
        "valence or arousal outside [-1, 1] (masked)": 1,
        "valence and arousal not annotated (masked)": 2,
    }
    complete = read_aff_wild2(root, complete_only=True, strict=True)
    assert complete.annotations.ids.tolist() == ["v1/00001.jpg", "v1/00004.jpg"]
    assert sum(complete.unusable.values()) == 6


@pytest.mark.parametrize("expression", ["EXPR_Recognition_Challenge", "EXPR_Classification_Challenge"])
def test_later_folders_and_other(tmp_path, expression):
    source = tmp_path / "Third ABAW Annotations"
    write_video(source, expression, "Train_Set", "v", ["7", "2"], EXPR + ",Other")
    write_video(source, "VA_Estimation_Challenge", "Train_Set", "v", ["0.1,0.2"] * 2)
    write_images(tmp_path, "v", [1, 2])
    faces = read_aff_wild2(tmp_path)
    assert faces.annotations.targets["expression"].tolist() == [-1, 5]
    assert faces.unusable == {"expression code 7 = other (masked)": 1}
    with_other = read_aff_wild2(tmp_path, classes=8)
    assert with_other.annotations.targets["expression"].tolist() == [7, 5]
    assert with_other.annotations.tasks["expression"].labels[7] == "other"


def test_codes_are_declared_and_replaceable(tmp_path):
    write_video(tmp_path, "EXPR_Set", "Train_Set", "v", [str(code) for code in range(7)])
    write_images(tmp_path, "v", range(1, 8))
    faces = read_aff_wild2(tmp_path)
    classes = faces.annotations.tasks["expression"].labels
    assert [classes[code] for code in faces.annotations.targets["expression"]] == ORDER
    mapped = read_aff_wild2(tmp_path, label_map={i: classes[i] for i in range(7)})
    assert mapped.annotations.targets["expression"].tolist() == list(range(7))
    with pytest.raises(InputError, match=r"'6': the label map does not cover it(.|\n)*v.txt, row 8"):
        read_aff_wild2(tmp_path, label_map={i: classes[i] for i in range(6)})
    other = "Anger,Neutral,Disgust,Fear,Happiness,Sadness,Surprise"
    write_video(tmp_path, "EXPR_Set", "Train_Set", "v", ["0"] * 7, other)
    with pytest.raises(InputError, match="declared order(.|\n)*v.txt, row 1(.|\n)*label_map"):
        read_aff_wild2(tmp_path)
    assert read_aff_wild2(tmp_path, label_map={0: "anger"}).annotations.targets["expression"].tolist() == [6] * 7


def test_frames_and_lines_that_do_not_match_are_counted(tmp_path):
    write_video(tmp_path, "EXPR_Set", "Train_Set", "long", ["1"] * 6)
    write_video(tmp_path, "VA_Set", "Train_Set", "long", ["0,0"] * 3)
    write_images(tmp_path, "long", [1, 3, 4])
    write_video(tmp_path, "EXPR_Set", "Train_Set", "short", ["2"] * 2)
    write_images(tmp_path, "short", [1, 2, 3, 4], ".png")
    write_video(tmp_path, "EXPR_Set", "Train_Set", "gone", ["2"] * 5)
    write_video(tmp_path, "EXPR_Set", "Train_Set", "empty", ["2"] * 4)
    (tmp_path / "cropped_aligned" / "empty").mkdir()
    (tmp_path / "cropped_aligned" / "long" / ".DS_Store").write_bytes(b"x")
    faces = read_aff_wild2(tmp_path)
    names = ["long/00001.jpg", "long/00003.jpg", "long/00004.jpg", "short/00001.png", "short/00002.png"]
    assert faces.annotations.ids.tolist() == names
    np.testing.assert_array_equal(faces.annotations.targets["affect"][:3, 0], [0, 0, NAN])
    assert faces.unusable == {
        "frame of a video without images (left out)": 9,
        "annotation beyond the last frame of its video (left out)": 2,
        "frame without an image (left out)": 1,
        "image beyond the annotations of its video (left out)": 2,
        "valence and arousal not annotated (masked)": 3,
    }
    with pytest.raises(InputError, match="video 'empty': annotations of 4 frames, but no image"):
        read_aff_wild2(tmp_path, strict=True)


@pytest.mark.parametrize(("lines", "last"), [(3, 2), (2, 3)])
def test_strict_refuses_lengths_that_differ(tmp_path, lines, last):
    write_video(tmp_path, "VA_Set", "Train_Set", "v", ["0,0"] * lines)
    write_images(tmp_path, "v", range(1, last + 1))
    with pytest.raises(InputError, match=f"'v': annotations of {lines} frames, but frames up to {last}"):
        read_aff_wild2(tmp_path, strict=True)
    assert len(read_aff_wild2(tmp_path)) == 2


def test_a_video_of_two_splits_is_counted(root):
    write_video(root, "VA_Set", "Validation_Set", "v2_left", ["0.1,0.2"] * 2)
    faces = read_aff_wild2(root)
    rows = [i for i, name in enumerate(faces.annotations.ids) if name.startswith("v2_left")]
    assert faces.annotations.split[rows].tolist() == ["train", "train", "val", "val"]
    assert faces.annotations.targets["expression"][rows].tolist() == [6, 2, -1, -1]
    reason = "frame of a video that is train for one task and val for the other, v2_left (kept)"
    assert faces.unusable[reason] == 4


def test_mtl_by_hand(tmp_path):
    units = ",".join(["0"] * 12)
    frames = ["v/00001.jpg,0.5,-0.5,4", "v/00002.jpg,-5,-5,1", "v/00003.jpg,-5,-5,-1", "v/00009.jpg,0,0,0"]
    write_mtl(tmp_path, "training", [f"{frame},{units}" for frame in frames])
    write_mtl(tmp_path, "validation", [f"w_right/00001.jpg,0.5,0.25,7,{units}"])
    write_images(tmp_path, "v", [1, 2, 3])
    write_images(tmp_path, "w_right", [1])
    faces = read_aff_wild2(tmp_path)
    assert faces.annotations.ids.tolist() == ["v/00001.jpg", "v/00002.jpg", "w_right/00001.jpg"]
    assert faces.annotations.split.tolist() == ["train", "train", "val"]
    assert faces.annotations.targets["expression"].tolist() == [1, 6, -1]
    np.testing.assert_array_equal(faces.annotations.targets["affect"], [[0.5, -0.5], [NAN, NAN], [0.5, 0.25]])
    assert faces.unusable == {
        "frame without an image (left out)": 1,
        "neither expression nor valence-arousal (left out)": 1,
        "expression code 7 = other (masked)": 1,
        "valence or arousal outside [-1, 1] (masked)": 1,
    }
    with pytest.raises(InputError, match="1 of 5 frames have no image, first v/00009.jpg"):
        read_aff_wild2(tmp_path, strict=True)
    with pytest.raises(
        InputError, match=r"'1': the label map does not cover it(.|\n)*training_set_annotations.txt, row 3"
    ):
        read_aff_wild2(tmp_path, label_map={4: "happy"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("v/00001.jpg,0.5,-0.5,4,1", "5 fields(.|\n)*row 3(.|\n)*16"),
        ("v/00001.jpg,x,-0.5,4" + ",0" * 12, "'x,-0.5' cannot be read(.|\n)*row 3"),
    ],
)
def test_mtl_lines_that_cannot_be_read(tmp_path, line, message):
    write_mtl(tmp_path, "training", ["v/00001.jpg,0.5,-0.5,4" + ",0" * 12, line])
    write_images(tmp_path, "v", [1])
    with pytest.raises(InputError, match=message):
        read_aff_wild2(tmp_path)


@pytest.mark.parametrize(
    ("task", "header", "lines", "message"),
    [
        ("VA_Set", None, ["0,0", "0.1"], "'0.1,' cannot be read(.|\n)*v.txt, row 3"),
        ("VA_Set", "0.1,0.2", ["0,0"], "header '0.1,0.2'(.|\n)*valence,arousal"),
        ("EXPR_Set", "0", ["1"], "not a header"),
        ("EXPR_Set", None, ["1", "9"], r"'9'(.|\n)*v.txt, row 3"),
    ],
)
def test_lines_that_cannot_be_read(tmp_path, task, header, lines, message):
    write_video(tmp_path, task, "Train_Set", "v", lines, header)
    write_images(tmp_path, "v", [1, 2, 3])
    with pytest.raises(InputError, match=message):
        read_aff_wild2(tmp_path)


def test_dimensions_go_by_their_header(tmp_path):
    write_video(tmp_path, "VA_Set", "Train_Set", "v", ["0.1,0.9"], "arousal,valence")
    write_images(tmp_path, "v", [1])
    np.testing.assert_array_equal(read_aff_wild2(tmp_path).annotations.targets["affect"], [[0.9, 0.1]])


def test_folders_that_are_wrong(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    with pytest.raises(InputError, match="not a folder of Aff-Wild2(.|\n)*the folder has nothing"):
        read_aff_wild2(other)
    (other / "training.csv").write_text("x")
    with pytest.raises(InputError, match="it looks like AffectNet 2017"):
        read_aff_wild2(other)
    with pytest.raises(
        InputError, match="not a folder of Aff-Wild2 mtl: it looks like Aff-Wild2 \\(a text file per video\\)"
    ):
        read_aff_wild2(root, challenge="mtl")
    with pytest.raises(InputError, match="challenge 'va'"):
        read_aff_wild2(root, challenge="va")
    (other / "frames").mkdir()
    with pytest.raises(InputError, match="no video has images: v1, v2_left, v3(.|\n)*cropped_aligned"):
        read_aff_wild2(root, images=other / "frames")
    with pytest.raises(InputError, match="folder of frames not found"):
        read_aff_wild2(root, images=other / "nowhere")
    write_mtl(root, "training", [])
    with pytest.raises(InputError, match="both challenges"):
        read_aff_wild2(root)
    assert len(read_aff_wild2(root, challenge="expr-va")) == 7
    write_video(root, "VA_Estimation_Challenge", "Train_Set", "v1", ["0,0"])
    with pytest.raises(InputError, match="annotations of several releases"):
        read_aff_wild2(root, challenge="expr-va")


def test_annotations_and_images_may_stand_apart(root, tmp_path):
    images = tmp_path / "elsewhere"
    (root / "cropped_aligned").rename(images)
    faces = read_aff_wild2(tmp_path, annotations=root, images=images)
    assert faces.root == images
    assert len(faces) == 7


def test_a_file_whose_lines_are_all_empty_annotates_nothing(root):
    write_video(root, "VA_Set", "Validation_Set", "v4", ["", ""])
    write_images(root, "v4", range(1, 3))
    read_aff_wild2(root)  # as it is without that video
