"""Images into the training loop, aligned and augmented at 227 x 227: how many a second, on one core?

    python benchmarks/image_loading.py [--images 210] [--side 600]

Photograph-like pictures with turned faces are drawn and saved as JPEG. "Published" is the released recipe, plainly,
image by image with Pillow: decode, turn the whole picture about the eyes' midpoint, crop the box, resize, flip, turn by
up to 30 degrees, jitter. Its first turn is bilinear, its second takes the nearest pixel as torchvision does untold; a
second version takes the nearest pixel in both, which is as cheap as Pillow can be. Against it:

* the originals, aligned in one warp and augmented in batches;
* the cache of gcnlabel prepare, augmented by torchvision image by image, or in batches (both turns bilinear).

Then what no way can do without: decoding a picture, copying a face out of the cache. One process, one thread, batches
of 35, files in the page cache; the ways take turns. Writes benchmarks/results/image_loading.json.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from gcnlabel.annotations import Annotations
from gcnlabel.data import BatchAugmentation, augmentation
from gcnlabel.faces import FaceAnnotations, face_tasks
from gcnlabel.faces.aligned_faces import AlignedFaces
from gcnlabel.faces.cache.prepare import prepare
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "image_loading.json"
SIZE, BATCH = 227, 35
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
PUBLISHED, NEAREST = "published", "published, nearest pixels"
BILINEAR = Image.Resampling.BILINEAR
Load = Callable[[list[int]], object]


def photographs(folder: Path, count: int, side: int) -> FaceAnnotations:
    """Draw square pictures, a third smaller to a third larger than ``side``, with a turned face on 3/4 of each side."""
    rng = np.random.default_rng(0)
    boxes, eyes = [], []
    for i in range(count):
        width = int(rng.integers(2 * side // 3, 4 * side // 3 + 1))
        picture = sum(
            np.asarray(
                Image.fromarray(rng.integers(0, 256, (n, n, 3), dtype=np.uint8)).resize((width, width), BILINEAR)
            )
            * share
            for n, share in ((4, 0.5), (16, 0.3), (64, 0.2))
        )
        picture = picture + rng.normal(0, 5, (width, width, 1))
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / f"{i}.jpg", quality=90)
        corner, face, angle = rng.uniform(0.1, 0.15, 2) * width, 0.75 * width, math.radians(rng.uniform(-20, 20))
        boxes.append([*corner.round(), *(corner + face).round()])
        middle, across = corner + face * np.array([0.5, 0.4]), 0.2 * face * np.array([math.cos(angle), math.sin(angle)])
        eyes.append([middle - across, middle + across])
    targets = {"expression": rng.integers(0, 7, count), "affect": rng.uniform(-1, 1, (count, 2))}
    names = np.array([f"{i}.jpg" for i in range(count)])
    annotations = Annotations(face_tasks(CLASSES), targets, split=np.array(["train"] * count), ids=names)
    return FaceAnnotations(annotations=annotations, root=folder, boxes=np.array(boxes), eyes=np.array(eyes))


def published(faces: FaceAnnotations, resampling: Image.Resampling) -> Load:
    """Return the plain recipe."""
    random = v2.Compose([v2.RandomHorizontalFlip(), v2.RandomRotation(30), v2.ColorJitter(0.2, 0.2, 0.2, 0.05)])

    def one(row: int) -> torch.Tensor:
        left, right = faces.eyes[row]
        angle, middle = math.degrees(math.atan2(*(right - left)[::-1])), (left + right) / 2
        with Image.open(faces.root / str(faces.annotations.ids[row])) as image:  # type: ignore[index]
            turned = image.convert("RGB").rotate(angle, resampling, center=tuple(middle.tolist()))
        face = turned.crop(tuple(faces.boxes[row].tolist())).resize((SIZE, SIZE), BILINEAR)
        return functional.pil_to_tensor(random(face))

    return lambda rows: torch.stack([one(row) for row in rows])


def ways_of(faces: FaceAnnotations, cache: Path) -> dict[str, Load]:
    """Return the ways from files to an augmented batch uint8 [B, 3, 227, 227]."""
    single = augmentation()
    by_image = FaceCache(cache, lambda batch: torch.stack([single(image) for image in batch]))
    return {
        PUBLISHED: published(faces, BILINEAR),
        NEAREST: published(faces, Image.Resampling.NEAREST),
        "originals, augmented in batches": AlignedFaces(faces, SIZE, transform=BatchAugmentation()).__getitems__,
        "cache, augmented image by image": by_image.__getitems__,
        "cache, augmented in batches": FaceCache(cache, BatchAugmentation()).__getitems__,
    }


def floors_of(faces: FaceAnnotations, cache: Path) -> dict[str, Load]:
    """Return parts of the ways, without augmentation."""
    paths = [faces.root / str(name) for name in faces.annotations.ids]  # type: ignore[union-attr]
    return {
        "picture decoded in full": lambda rows: [Image.open(paths[row]).convert("RGB") for row in rows],
        "picture decoded and aligned in one warp": AlignedFaces(faces, SIZE).__getitems__,
        "face copied out of the cache": FaceCache(cache).__getitems__,
    }


def measure(ways: Mapping[str, Load], count: int, rounds: int) -> dict[str, float]:
    """Return milliseconds an image of each way, the median over batches in a random order."""
    rng, times = np.random.default_rng(1), {name: list[float]() for name in ways}
    for _ in range(rounds):
        order = rng.permutation(count).tolist()
        for first in range(0, count - BATCH + 1, BATCH):
            for name, load in ways.items():
                start = time.perf_counter()
                load(order[first : first + BATCH])
                times[name].append(time.perf_counter() - start)
    return {name: 1000 * statistics.median(values) / BATCH for name, values in times.items()}


def main() -> None:
    """Measure the ways, print and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=210)
    parser.add_argument("--side", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "photographs", Path(folder) / "cache"
        root.mkdir()
        faces = photographs(root, options.images, options.side)
        start = time.perf_counter()
        prepare(faces, cache, source="affectnet", size=SIZE, workers=1)
        preparing = time.perf_counter() - start
        ways, floors = ways_of(faces, cache), floors_of(faces, cache)
        found = measure({**ways, **floors}, options.images, options.rounds)
        kilobytes = sum(path.stat().st_size for path in root.iterdir()) / options.images / 1000
    result = {
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__, "pillow": PIL.__version__},
        "threads": 1,
        "side": options.side,
        "kilobytes_a_picture": kilobytes,
        "prepare_images_per_second": options.images / preparing,
        "images_per_second": {name: 1000 / found[name] for name in ways},
        "milliseconds_an_image": {name: found[name] for name in ways},
        "ratio_to_published": {name: found[PUBLISHED] / found[name] for name in ways},
        "ratio_to_nearest_pixels": {name: found[NEAREST] / found[name] for name in ways},
        "milliseconds_of_parts": {name: found[name] for name in floors},
    }
    print(json.dumps(result, indent=1))
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
