"""Images into the training loop, aligned and augmented at 227 x 227: how many a second, on one core?

    python benchmarks/image_loading.py [--images 210]

AffectNet-like photographs are drawn and saved as JPEG. "Published" is the recipe of the released code written plainly:
decode, turn the whole picture about the eyes' midpoint, crop the box, resize, flip, turn by up to 30 degrees, jitter
(with real strengths), image by image with Pillow. Against it: the originals with one warp, and the cache, each with
augmentation in batches; and the cache with torchvision's augmentation image by image. One process, one thread; the ways
take turns. Writes benchmarks/results/image_loading.json.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from gcnlabel.annotations import Annotations, FaceAnnotations, face_tasks
from gcnlabel.data import BatchAugmentation, augmentation
from gcnlabel.data.aligned_faces import AlignedFaces
from gcnlabel.data.face_cache import FaceCache
from gcnlabel.data.prepare import prepare
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "image_loading.json"
SIZE, BATCH = 227, 35
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")


def photographs(folder: Path, count: int) -> FaceAnnotations:
    """Draw pictures of 400 to 1000 pixels with some detail, and where a turned face stands in each."""
    rng = np.random.default_rng(0)
    boxes, eyes = [], []
    for i in range(count):
        side = int(rng.integers(400, 1000))
        coarse = rng.integers(0, 255, (side // 16, side // 16, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
        noisy = np.asarray(picture, np.int16) + rng.normal(0, 6, (side, side, 3)).astype(np.int16)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{i}.jpg", quality=90)
        face, angle = 0.6 * side, math.radians(rng.uniform(-20, 20))
        boxes.append([0.2 * side, 0.2 * side, 0.2 * side + face, 0.2 * side + face])
        across = 0.2 * face * np.array([math.cos(angle), math.sin(angle)])
        middle = np.array([0.5 * side, 0.45 * side])
        eyes.append([middle - across, middle + across])
    codes, values = rng.integers(0, 7, count), rng.uniform(-1, 1, (count, 2))
    names = np.array([f"{i}.jpg" for i in range(count)])
    annotations = Annotations(
        face_tasks(CLASSES), {"expression": codes, "affect": values}, split=np.array(["train"] * count), ids=names
    )
    return FaceAnnotations(annotations=annotations, root=folder, boxes=np.array(boxes), eyes=np.array(eyes))


def published(faces: FaceAnnotations) -> Callable[[list[int]], torch.Tensor]:
    """Return the plain recipe."""
    random = v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomRotation(30, v2.InterpolationMode.BILINEAR),
            v2.ColorJitter(0.2, 0.2, 0.2, 0.05),
        ]
    )

    def one(row: int) -> torch.Tensor:
        with Image.open(faces.root / str(faces.annotations.ids[row])) as image:  # type: ignore[index]
            left, right = faces.eyes[row]
            angle = math.degrees(math.atan2(*(right - left)[::-1]))
            turned = image.convert("RGB").rotate(
                angle, Image.Resampling.BILINEAR, center=tuple(((left + right) / 2).tolist())
            )
        face = turned.crop(tuple(faces.boxes[row].tolist())).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        return functional.pil_to_tensor(random(face))

    return lambda rows: torch.stack([one(row) for row in rows])


def main() -> None:
    """Measure the ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=210)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    single = augmentation()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "photographs"
        root.mkdir()
        faces = photographs(root, options.images)
        start = time.perf_counter()
        prepare(faces, Path(folder) / "cache", source="affectnet", size=SIZE, workers=1)
        preparing = time.perf_counter() - start
        cache = Path(folder) / "cache"
        ways: dict[str, Callable[[list[int]], object]] = {
            "published": published(faces),
            "originals, in batches": AlignedFaces(faces, SIZE, transform=BatchAugmentation()).__getitems__,
            "cache, image by image": FaceCache(
                cache, lambda batch: torch.stack([single(x) for x in batch])
            ).__getitems__,
            "cache, in batches": FaceCache(cache, BatchAugmentation()).__getitems__,
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for first in range(0, options.images - BATCH + 1, BATCH):
                for name, load in ways.items():
                    start = time.perf_counter()
                    load(list(range(first, first + BATCH)))
                    times[name].append(time.perf_counter() - start)
    rates = {name: BATCH / statistics.median(values) for name, values in times.items()}
    found = {
        "torch": torch.__version__,
        "images_per_second": rates,
        "ratio_to_published": {name: rate / rates["published"] for name, rate in rates.items()},
        "prepare_images_per_second": options.images / preparing,
    }
    print(json.dumps(found, indent=1))
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
