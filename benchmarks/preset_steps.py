"""One training step of every preset at the paper's sizes: images a second, and memory on a GPU.

    python benchmarks/preset_steps.py [PRESET ...] [--device cuda] [--steps 5]

On a GPU in float32 and under bfloat16 autocast; on a CPU in float32 alone, for CPUs without bfloat16 units emulate it.
Images are random, labels those of the drawn faces (random tags for ML-GCN): a step's cost does not depend on them.
Writes benchmarks/results/preset_steps.json, a section a device.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.config import Config, load_config, preset_names
from gcnlabel.data import targets_to_tensors
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS, synthetic_faces
from gcnlabel.files import atomic_write
from gcnlabel.run.build import build_module
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.graph import build_graph
from gcnlabel.tasks import MultiLabel, TaskSet

RESULT = Path(__file__).parent / "results" / "preset_steps.json"
COMMON = ["model.backbone.pretrained=null", "graph.embeddings=random:300:0"]


def inputs_of(name: str) -> tuple[Config, RunData]:
    """Return a preset's config without its files, and one batch of its size as data."""
    tags = name == "ml-gcn"
    config = load_config(name, [*COMMON, *(["tasks={}"] if tags else ["graph.borrowed={}"])])
    count, rng = config.training.batch_size, np.random.default_rng(0)
    if tags:
        tasks = TaskSet([MultiLabel("tags", [f"tag {i}" for i in range(80)])])
        annotations = Annotations(tasks, {"tags": (rng.random((count, 80)) < 0.1).astype(np.float32)})
    else:
        tasks, annotations = SYNTHETIC_TASKS, synthetic_faces(count)[1]
    images = rng.integers(0, 255, (count, 3, config.data.size, config.data.size), dtype=np.uint8)
    data = RunData(tasks, {"train": SampleSet(annotations, images)})
    return config, data if config.only_tasks is None else data.of_tasks(config.only_tasks)


def measure(name: str, device: str, precision: str, steps: int) -> dict[str, Any]:
    """Return seconds a step (median), images a second and peak memory of a preset."""
    config, data = inputs_of(name)
    graph = build_graph(config, data) if config.model.head.name == "graph" else None
    module = build_module(config, data, graph).to(device).train()
    optimizer = module.make_optimizer(module.parameters())
    part = data.parts["train"]
    images = torch.from_numpy(part.inputs).to(device)
    targets = {key: value.to(device) for key, value in targets_to_tensors(part.annotations).items()}
    if device == "cuda":
        gc.collect()
        torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(4):  # the first, to warm up, and three turns without waiting in between
        start = time.perf_counter()
        for _ in range(steps):
            with torch.autocast(device, torch.bfloat16, enabled=precision == "bf16"):
                loss = module.loss(module(images), targets)[0]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if not loss.isfinite():  # waits for the device, too
            raise RuntimeError(f"{name} in {precision}: loss {loss.item()}")
        seconds.append((time.perf_counter() - start) / steps)
    median = statistics.median(seconds[1:])
    result = {
        "batch": len(images),
        "size": images.shape[-1],
        "seconds": median,
        "images_per_second": len(images) / median,
    }
    if device == "cuda":
        result["peak_gib"] = torch.cuda.max_memory_allocated() / 2**30
    return result


def main() -> None:
    """Measure the named presets and write their results beside those of other devices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[name for name in preset_names() if name != "synthetic-faces"])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--steps", type=int, default=5, help="of each of three turns")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    gpu = options.device == "cuda"
    device = torch.cuda.get_device_name() if gpu else f"{platform.machine()}, {torch.get_num_threads()} threads"
    for name in options.names:
        for precision in ("float32", "bf16") if gpu else ("float32",):
            found = measure(name, options.device, precision, options.steps)
            print(f"{name:36} {precision:8} {found}", flush=True)
            results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
            section = results.setdefault(device, {"torch": torch.__version__, "presets": {}})
            section["presets"].setdefault(name, {})[precision] = found
            with atomic_write(RESULT, overwrite=True) as temporary:
                temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
