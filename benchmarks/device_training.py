"""Images a second in training DenseNet-121 at 227 pixels, from files to updated weights, on a GPU or a CPU.

    python benchmarks/device_training.py [--device cuda] [--workers 8] [--seconds 30] [--images 2000]

* gcnlabel: ``gcnlabel train``'s module, loader and engine, from the cache of ``gcnlabel prepare``; bfloat16 (on a GPU),
  channels last, augmented on the device, pinned memory; once as it is and, with --compile, once compiled.
* the limit: the same backbone alone, in the same precision and layout, on one batch that lies on the device; compiled
  where the other is.
* published: the recipe of the paper, rebuilt with Pillow: float32 (convolutions in TF32, as PyTorch has them on a
  GPU), each image decoded, turned, cropped and augmented with Pillow by as many loading processes, the dense formula
  of the head.

Photograph-like pictures are drawn as in image_loading.py. Sides take turns, three times each; the median. Writes
benchmarks/results/device_training.json, a section a device.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from image_loading import photographs
from training_sides import SIZE, limit, ours, plain

from gcnlabel.faces.cache.prepare import prepare
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "device_training.json"


def main() -> None:
    """Measure, print and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=35, help="35 is the paper's")
    parser.add_argument("--seconds", type=float, default=30, help="of each side, three times")
    parser.add_argument("--compile", action="store_true", help="measure torch.compile too")
    options = parser.parse_args()
    options.images -= options.images % options.batch  # whole batches: others are compiled anew
    if not options.images:
        parser.error(f"--images do not fill a batch of {options.batch}")
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True  # as the trainer of runs has it; for all sides
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "photographs")
        root.mkdir()
        faces = photographs(root, options.images, 600)
        prepare(faces, Path(folder, "cache"), source="affectnet", size=SIZE)
        cache = FaceCache(Path(folder, "cache"))
        sides: dict[str, Callable[[], float]] = {
            "gcnlabel": lambda: ours(cache, options),
            "limit": lambda: limit(options),
            "published": lambda: plain(faces, options),
        }
        if options.compile:
            sides["gcnlabel, compiled"] = lambda: ours(cache, options, compiled=True)
            sides["limit, compiled"] = lambda: limit(options, compiled=True)
        turns = [{name: side() * options.batch for name, side in sides.items()} for _ in range(3)]
    rates = {name: statistics.median(turn[name] for turn in turns) for name in sides}
    gpu = options.device == "cuda"
    name = torch.cuda.get_device_name() if gpu else f"{platform.machine()}, {torch.get_num_threads()} threads"
    found = {
        "torch": torch.__version__,
        "batch": options.batch,
        "workers": options.workers,
        "images_per_second": rates,
        "share_of_limit": {side: rate / rates[_limit_of(side)] for side, rate in rates.items()},
        "ratio_to_published": {side: rate / rates["published"] for side, rate in rates.items()},
    }
    print(json.dumps({name: found}, indent=1))
    results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps({**results, name: found}, indent=1) + "\n")


def _limit_of(side: str) -> str:
    return "limit, compiled" if side.endswith(", compiled") else "limit"


if __name__ == "__main__":
    main()
