"""Does `gcnlabel features` keep its network busy? ResNet-50 on photograph-like JPEGs, one thread for the network.

    python benchmarks/feature_rate.py [--images 64] [--side 500] [--rounds 5]

Each round measures, in turn: the network on pictures that are ready in memory; ``write_features``, which reads, decodes
and scales them from their files and writes the features; and the same, picture after picture, without reading ahead.
The network has random weights, which cost what trained ones cost. Writes benchmarks/results/feature_rate.json: the
share of the network's own rate, median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision
from image_loading import photographs
from safetensors.torch import save_file

from gcnlabel.encoding.encoders import load_feature_encoder
from gcnlabel.encoding.writing import write_features
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "feature_rate.json"
BATCH = 16


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(folder: Path, images: int, side: int, rounds: int) -> dict[str, float]:
    """Return the share of the network's own rate that is kept, with reading ahead and without."""
    photographs(folder, images, side)
    items = sorted(map(str, folder.rglob("*.jpg")))
    save_file(torchvision.models.resnet50(weights=None).state_dict(), folder / "resnet50.safetensors")
    encoder = load_feature_encoder("torchvision:resnet50", str(folder / "resnet50.safetensors"), "cpu")
    ready = [encoder.read(item) for item in items]
    shares: dict[str, list[float]] = {"ahead": [], "in turn": []}
    starts = range(0, len(items), BATCH)
    for _ in range(rounds):
        alone = seconds(lambda: [encoder.features(ready[k : k + BATCH]) for k in starts])
        ours = seconds(lambda: write_features(encoder, items, folder / "f.npy", batch_size=BATCH, overwrite=True))
        turn = seconds(lambda: [encoder.features([encoder.read(i) for i in items[k : k + BATCH]]) for k in starts])
        shares["ahead"].append(alone / ours)
        shares["in turn"].append(alone / turn)
    return {name: round(statistics.median(values), 3) for name, values in shares.items()}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--side", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.images, options.side, options.rounds)
    content = {"images": options.images, "side": options.side, "share_of_network": found}
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
