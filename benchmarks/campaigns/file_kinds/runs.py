"""The files of a run folder, read by the commands that read runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from commands import called

from file_kinds.kind import SLOW, file_kind

SMALL = ("data.train=64", "data.val=30", "data.test=30", "training.epochs=2", "model.backbone.widths=[4,8]")
SMALL += ("model.head.name=graph", "model.head.hidden_channels=[8]")
FILES = {"run-config": "config.yaml", "run-evaluation": "evaluation.json", "run-metrics": "metrics.csv"}
FILES |= {"run-predictions": "predictions.safetensors", "run-graph": "graph.safetensors"}
FILES |= {"run-best": "checkpoints/best.safetensors", "run-last": "checkpoints/last.safetensors"}


def write_run(folder: Path) -> None:
    """Train a small run, ``run``, and draw a picture to predict, ``face.png``."""
    called("train", "synthetic-faces", *sets(SMALL), "--output", folder / "run")
    from PIL import Image

    Image.new("L", (64, 64), 128).save(folder / "face.png")


def sets(changes: tuple[str, ...]) -> list[str]:
    """Return changes to a config as options."""
    return [word for change in changes for word in ("--set", change)]


def _read(path: Path) -> None:
    """Call one of the commands that read the file: which, by what stands in it."""
    run = next(parent for parent in path.parents if parent.name == "run")
    out = run.parent / "out"
    commands: tuple[tuple[object, ...], ...] = (
        ("evaluate", run),
        ("figures", run, "--output", out),
        ("export", run, "--format", "safetensors", "--output", out / "model.safetensors"),
        ("predict", run, run.parent / "face.png"),
        ("train", "--resume", "--output", run),
    )
    if path.name == "config.yaml":  # a number of epochs that is made huge is no fault: it is trained for so long
        commands = commands[:-1]
    called(*commands[hashlib.sha256(path.read_bytes()).digest()[0] % len(commands)])


for _name, _file in FILES.items():
    file_kind(_name, write_run, f"run/{_file}", count=SLOW)(_read)
