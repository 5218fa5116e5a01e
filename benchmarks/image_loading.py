"""Images into the training loop, aligned, augmented and normalised at 227 x 227: how much of one core does one take?

    python benchmarks/image_loading.py [--images 210] [--side 500]

Photograph-like pictures with turned faces are drawn and saved as JPEG. Two baselines: the released loader as it is,
whose colour jitter has no effect and whose random turns take the nearest pixel, and the same loader with the jitter
and the bilinear turns of ours (released_loader.py). Against them:

* the originals, decoded, aligned and augmented;
* the cache of gcnlabel prepare, augmented;
* both without OpenCV, which is an extra.

Then what no way can do without: decoding a picture, copying a face out of the cache. One process, one thread, batches
of 35, files in the page cache; time of the processor, so that other processes count for little. The ways take turns on
the same rows, and a ratio is the median of those of the batches. Writes benchmarks/results/image_loading.json.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from released_loader import SIZE, released_loader

from gcnlabel.annotations import Annotations
from gcnlabel.data import ArrayDataset, BatchAugmentation, batch_augmentation, decoding
from gcnlabel.faces import FaceAnnotations, face_tasks, warp
from gcnlabel.faces.aligned_faces import AlignedFaces
from gcnlabel.faces.cache.prepare import prepare
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.files import atomic_write
from gcnlabel.nn.scaling import ScaleToImageNet

RESULT = Path(__file__).parent / "results" / "image_loading.json"
BATCH = 35
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
RELEASED, SAME = "released loader", "released loader, with the jitter and turns of ours"
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


def without_opencv(load: Load) -> Load:
    """Return a way that finds no OpenCV."""

    def loaded(rows: list[int]) -> object:
        with ExitStack() as stack:
            for module in (batch_augmentation, decoding, warp):
                stack.enter_context(mock.patch.object(module, "opencv", return_value=None))
            return load(rows)

    return loaded


def normalised(dataset: ArrayDataset) -> Load:
    """Return a way from a data set to images as a backbone takes them."""
    scale = ScaleToImageNet()
    return lambda rows: scale(dataset.__getitems__(rows)[0])


def ways_of(faces: FaceAnnotations, cache: Path) -> dict[str, Load]:
    """Return the ways from files to an augmented batch float32 [B, 3, 227, 227]."""
    originals = normalised(AlignedFaces(faces, SIZE, transform=BatchAugmentation()))
    cached = normalised(FaceCache(cache, BatchAugmentation()))
    return {
        RELEASED: released_loader(faces),
        SAME: released_loader(faces, same_work=True),
        "originals": originals,
        "cache": cached,
        "originals, without OpenCV": without_opencv(originals),
        "cache, without OpenCV": without_opencv(cached),
    }


def floors_of(faces: FaceAnnotations, cache: Path) -> dict[str, Load]:
    """Return parts of the ways, without augmentation."""
    paths = [str(faces.root / name) for name in faces.paths()]
    return {
        "picture decoded in full": lambda rows: [cv2.imread(paths[row]) for row in rows],
        "picture decoded and aligned in one warp": AlignedFaces(faces, SIZE).__getitems__,
        "face copied out of the cache": FaceCache(cache).__getitems__,
    }


def measure(ways: Mapping[str, Load], count: int, rounds: int) -> dict[str, list[float]]:
    """Return milliseconds an image of each way in every batch, of batches in a random order."""
    rng, times = np.random.default_rng(1), {name: list[float]() for name in ways}
    for _ in range(rounds):
        order = rng.permutation(count).tolist()
        for first in range(0, count - BATCH + 1, BATCH):
            for name, load in ways.items():
                start = time.thread_time()
                load(order[first : first + BATCH])
                times[name].append(1000 * (time.thread_time() - start) / BATCH)
    return times


def ratios(times: Mapping[str, list[float]], baseline: str, names: Iterable[str]) -> dict[str, float]:
    """Return how many times as fast as a baseline the others are, the median over batches."""
    of = times[baseline]
    return {name: statistics.median(b / t for b, t in zip(of, times[name], strict=True)) for name in names}


def main() -> None:
    """Measure the ways, print and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=210)
    parser.add_argument("--side", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "photographs", Path(folder) / "cache"
        root.mkdir()
        faces = photographs(root, options.images, options.side)
        start = time.perf_counter()
        prepare(faces, cache, source="affectnet", size=SIZE, workers=1)
        preparing = time.perf_counter() - start
        ways, floors = ways_of(faces, cache), floors_of(faces, cache)
        times = measure({**ways, **floors}, options.images, options.rounds)
        kilobytes = sum(path.stat().st_size for path in root.iterdir()) / options.images / 1000
    result = {
        "versions": {
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "pillow": PIL.__version__,
            "opencv": cv2.__version__,
        },
        "threads": 1,
        "side": options.side,
        "kilobytes_a_picture": kilobytes,
        "prepare_images_per_second": options.images / preparing,
        "milliseconds_an_image": {name: statistics.median(times[name]) for name in ways},
        "ratio_to_released": ratios(times, RELEASED, ways),
        "ratio_to_same_work": ratios(times, SAME, ways),
        "milliseconds_of_parts": {name: statistics.median(times[name]) for name in floors},
    }
    print(json.dumps(result, indent=1))
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
