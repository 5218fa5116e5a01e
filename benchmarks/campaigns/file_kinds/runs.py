"""The files of a run folder, read by the commands that read runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from commands import called

from file_kinds.kind import SLOW, file_kind

SMALL = ("data.train=64", "data.val=30", "data.test=30", "training.epochs=2", "model.backbone.widths=[4,8]")
SMALL += ("model.head.name=graph", "model.head.hidden_channels=[8]")
READERS: dict[str, tuple[str, ...]] = {
    # not resumed: a number of epochs that is made huge is no fault, it is trained for so long
    "config.yaml": ("evaluate", "figures", "export", "predict"),
    "evaluation.json": ("export", "predict"),
    "metrics.csv": ("evaluate", "figures", "resume"),
    "predictions.safetensors": ("figures",),
    "graph.safetensors": ("evaluate", "figures", "export", "predict", "resume"),
    "checkpoints/best.safetensors": ("evaluate", "export", "predict", "resume"),
    "checkpoints/last.safetensors": ("resume",),
}
"""File -> names of the commands that read it."""


def write_run(folder: Path) -> None:
    """Train a small run, ``run``, and draw a picture to predict, ``face.png``."""
    called("train", "synthetic-faces", *sets(SMALL), "--output", folder / "run")
    from PIL import Image

    Image.new("L", (64, 64), 128).save(folder / "face.png")


def sets(changes: tuple[str, ...]) -> list[str]:
    """Return changes to a config as options."""
    return [word for change in changes for word in ("--set", change)]


def _commands(run: Path) -> dict[str, tuple[object, ...]]:
    out = run.parent / "out"
    return {
        "evaluate": ("evaluate", run),
        "figures": ("figures", run, "--format", "png", "--output", out),
        "export": ("export", run, "--format", "safetensors", "--output", out / "model.safetensors"),
        "predict": ("predict", run, run.parent / "face.png"),
        "resume": ("train", "--resume", "--output", run),
    }


def _reader(names: tuple[str, ...]) -> Callable[[Path], None]:
    """Return what calls one of some commands: which, by what stands in the file."""

    def read(path: Path) -> None:
        run = next(parent for parent in path.parents if parent.name == "run")
        called(*_commands(run)[names[hashlib.sha256(path.read_bytes()).digest()[0] % len(names)]])

    return read


for _file, _names in READERS.items():
    file_kind(f"run-{Path(_file).stem}", write_run, f"run/{_file}", count=SLOW)(_reader(_names))
