"""A picture that its EXIF data turn is the picture that it shows, wherever pictures are read."""

import numpy as np
import polars as pl
import pytest
from PIL import Image

from gcnlabel.annotations import Annotations
from gcnlabel.config import load_config, parse_config
from gcnlabel.data import load_images
from gcnlabel.data.upright import ORIENTATION, upright
from gcnlabel.faces import FaceAnnotations, face_tasks
from gcnlabel.faces.aligned_faces import OriginalImages
from gcnlabel.faces.alignment import align_face
from gcnlabel.faces.cache.prepare import prepare
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.prediction.images import read_image
from gcnlabel.run.data import load_data

# How the upright picture is stored for each orientation, by EXIF's definition (what stored rows and columns show).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


def picture():
    """60 x 40 with a bright corner and a darker edge: no turn or mirror image of it is itself."""
    pixels = np.full((40, 60, 3), 90, dtype=np.uint8)
    pixels[4:14, 6:20] = [250, 60, 60]
    pixels[30:, :] = 20
    return pixels


def save(path, orientation, **how):
    image = Image.fromarray(np.ascontiguousarray(STORED[orientation](picture())))
    exif = image.getexif()
    exif[ORIENTATION] = orientation
    image.save(path, exif=exif, **how)
    return path


def close(one, other):
    return np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean() < 4


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_in_every_kind_of_file(tmp_path, orientation, suffix):
    path = save(tmp_path / f"a{suffix}", orientation, **({"quality": 98} if suffix in (".jpg", ".webp") else {}))
    with Image.open(path) as image:
        shown = upright(image)
        assert shown.size == (60, 40)
        assert close(shown.convert("RGB"), picture())


@pytest.mark.parametrize("orientation", [3, 6, 7])
def test_wherever_pictures_are_read(tmp_path, orientation):
    folder = tmp_path / "images"
    folder.mkdir()
    save(folder / "turned.jpg", orientation, quality=98)
    Image.fromarray(picture()).save(folder / "plain.png")
    turned, plain = load_images(folder, ["turned.jpg", "plain.png"], size=24)
    assert close(turned, plain)
    box, eyes = np.array([[4.0, 2, 44, 32]]), np.array([[[10.0, 10], [30, 14]]])
    crop = align_face(picture(), box[0], eyes[0], 24).transpose(2, 0, 1)
    targets = {"expression": np.array([0]), "affect": np.array([[0.1, 0.2]])}
    found = Annotations(face_tasks(), targets, split=["train"], ids=["turned.jpg"])
    faces = FaceAnnotations(found, folder, box, eyes)
    assert close(OriginalImages(faces, 24)[0], crop)
    prepare(faces, tmp_path / "cache", source="affectnet", size=24, workers=1)
    assert close(FaceCache(tmp_path / "cache").images[0], crop)
    with Image.open(folder / "turned.jpg") as image:
        assert close(align_face(image, box[0], eyes[0], 24).transpose(2, 0, 1), crop)


@pytest.mark.parametrize("source", ["table", "faces"])
def test_what_a_run_reads_to_train_and_to_predict(tmp_path, source):
    save(tmp_path / "a.jpg", 6, quality=98)
    Image.fromarray(picture()).save(tmp_path / "b.png")
    pl.DataFrame({"image": ["a.jpg", "b.png"], "split": ["train", "test"], "cat": [1, 0]}).write_csv(tmp_path / "t.csv")
    data = {"source": "table", "annotations": str(tmp_path / "t.csv"), "images": str(tmp_path), "id_column": "image"}
    tags = {"tags": {"type": "multilabel", "labels": ["cat"]}}
    splits = {"train": "train", "val": "test", "test": "test"}
    config = parse_config({"data": {**data, "size": 20, "splits": splits}, "tasks": tags})
    if source == "faces":
        config = load_config("emotion-gcn", ["data.path=nowhere", "data.size=20"])
    else:
        parts = load_data(config).parts
        assert close(parts["train"].inputs[0], parts["test"].inputs[0])
    assert close(read_image(tmp_path / "a.jpg", config.data), read_image(tmp_path / "b.png", config.data))


def test_damaged_exif_data_leave_the_picture_as_it_is_stored(tmp_path):
    path = save(tmp_path / "a.jpg", 6)
    content = path.read_bytes()
    start = content.index(b"Exif\0\0") + 6
    path.write_bytes(content[:start] + b"XX" + content[start + 2 :])
    with Image.open(path) as image:
        assert upright(image).size == (40, 60)
