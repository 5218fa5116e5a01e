"""Data sets of faces as they were released, pictures, and the cache that is prepared of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.io import savemat

from file_kinds.kind import SLOW, file_kind
from gcnlabel.data import load_images
from gcnlabel.errors import InputError
from gcnlabel.faces import read_aff_wild2, read_affectnet, read_emotic
from gcnlabel.faces.cache.prepare import prepare
from gcnlabel.faces.cache.reader import FaceCache

COLUMNS = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"
LANDMARKS = ";".join(f"{(7 * i) % 60 + i / 10:.1f}" for i in range(136))
EMOTIC = "Index,Folder,Filename,Image Size,BBox,Categorical_Labels,Continuous_Labels,Gender,Age"
EXPRESSIONS = "Neutral,Anger,Disgust,Fear,Happiness,Sadness,Surprise"


def _picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.random.default_rng(0).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    Image.fromarray(grey).save(path)


def write_affectnet(folder: Path, faces: int = 8) -> None:
    """Write the release of 2017."""
    lists = folder / "Manually_Annotated_file_lists"
    lists.mkdir(parents=True)
    for name in ("training", "validation"):
        rows = [COLUMNS]
        for i in range(faces):
            _picture(folder / "Manually_Annotated_Images" / name / f"{i}.jpg")
            rows.append(f"{name}/{i}.jpg,2,2,18,19,{LANDMARKS if i % 2 else 'NULL'},{i % 7},{i / faces},{-i / faces}")
        (lists / f"{name}.csv").write_text("\n".join(rows) + "\n")


def _write_affectnet_npy(folder: Path) -> None:
    for part in ("train_set", "val_set"):
        (folder / part / "annotations").mkdir(parents=True)
        for i in range(3):
            _picture(folder / part / "images" / f"{i}.jpg")
            points = np.arange(136.0) + i
            for kind, value in {"exp": str(i), "val": "0.5", "aro": np.array(-0.25), "lnd": points}.items():
                np.save(folder / part / "annotations" / f"{i}_{kind}.npy", np.array(value))


def _write_aff_wild2(folder: Path) -> None:
    for i in range(1, 5):
        _picture(folder / "cropped_aligned" / "v1" / f"{i:05d}.jpg")
    lists = {"EXPR_Set": (EXPRESSIONS, "0", "4", "-1", "6"), "VA_Set": ("valence,arousal", "0.5,-0.5", "-5,-5", "1,0")}
    for challenge, lines in lists.items():
        for part in ("Train_Set", "Validation_Set"):
            (folder / challenge / part).mkdir(parents=True)
            (folder / challenge / part / "v1.txt").write_text("\n".join(lines) + "\n")


def _structs(*records: dict[str, Any]) -> np.ndarray[Any, Any]:
    array = np.empty((1, len(records)), dtype=[(name, object) for name in records[0]])
    for i, record in enumerate(records):
        array[0, i] = tuple(record.values())
    return array


def _write_mat(folder: Path) -> None:
    names = np.empty((1, 2), dtype=object)
    names[0] = ["Peace", "Fear"]
    rating = {"valence": 5.0, "arousal": 6.0, "dominance": np.nan}
    person: dict[str, Any] = {
        "body_bbox": np.array([[1.0, 2, 20, 22]]),
        "annotations_categories": {"categories": names},
    }
    person |= {"annotations_continuous": rating, "combined_categories": names, "combined_continuous": rating}
    record = {"filename": "a.jpg", "folder": "mscoco/images", "person": _structs(person, person)}
    for name, packed in (("plain", False), ("packed", True)):
        path = folder / name / "Annotations.mat"
        _picture(path.parent / "emotic" / "mscoco" / "images" / "a.jpg")
        savemat(path, {part: _structs(record) for part in ("train", "val", "test")}, do_compression=packed)


def _write_emotic_csv(folder: Path) -> None:
    _picture(folder / "emotic" / "coco" / "a.jpg")
    (folder / "annotations").mkdir()
    rows = [EMOTIC]
    for i in range(5):
        tags = "['Peace', 'Fear']" if i % 2 else "['Doubt/Confusion']"
        rows.append(f'{i},coco,a.jpg,"[24, 24]","[2, 2, 20, 22]","{tags}","[5.0, 6.0, {i}.0]",Male,Adult')
    (folder / "annotations" / "train.csv").write_text("\n".join(rows) + "\n")


def _write_cache(folder: Path) -> None:
    write_affectnet(folder / "released")
    prepare(read_affectnet(folder / "released"), folder / "cache", source="affectnet", size=16, workers=1)


def _write_pictures(folder: Path) -> None:
    for suffix in ("jpg", "png", "bmp", "gif", "tif", "webp"):
        _picture(folder / f"a.{suffix}")


@file_kind("affectnet-csv", write_affectnet, "*/training.csv")
@file_kind("affectnet-npy", _write_affectnet_npy, "*/annotations/*.npy")
def _read_affectnet(path: Path) -> object:
    return read_affectnet(path.parents[2 if path.suffix == ".npy" else 1])


@file_kind("aff-wild2", _write_aff_wild2, "*/*/v1.txt")
def _read_aff_wild2(path: Path) -> object:
    return read_aff_wild2(path.parents[2])


@file_kind("mat", _write_mat, "*/Annotations.mat")
def _read_mat(path: Path) -> object:
    return read_emotic(path.parent)


@file_kind("emotic-csv", _write_emotic_csv, "annotations/train.csv")
def _read_emotic_csv(path: Path) -> object:
    return read_emotic(path.parents[1])


@file_kind("face-cache", _write_cache, "cache/annotations.parquet", "cache/shards/*.npy", count=SLOW)
@file_kind("manifest", _write_cache, "cache/manifest.json")
def _read_cache(path: Path) -> None:
    folder = next(parent for parent in path.parents if parent.name == "cache")
    cache = FaceCache(folder)
    cache.manifest.report().line()
    if len(cache) == 0:
        raise InputError("no face")
    cache.images[:]


@file_kind("pictures", _write_pictures, "a.*")
def _read_picture(path: Path) -> object:
    return load_images(path.parent, [path.name], size=16)
