"""Small jobs of every command that writes: what they need, how they are begun and gone on with, what they leave."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from children import Limits, forked, said
from commands import called
from file_kinds.faces import write_affectnet
from file_kinds.runs import sets, write_run
from trials import LostError

COMMAND = Limits(seconds=120, wall=1200)
"""What one command may take."""
TRIAL = Limits(wall=3 * COMMAND.wall, memory=8 * 2**30)
"""What the trials of a command may take, which call it in children."""
TINY = ("data.train=48", "data.val=16", "data.test=24", "training.batch_size=16", "model.backbone.widths=[4]")
TASKS = """tasks:
  mood: {type: categorical, classes: [sad, glad, 猫]}
  tags: {type: multilabel, labels: [joie é, b, c]}
"""
CONFIG = (
    TASKS
    + """data: {source: table, annotations: labels.csv, features: features.npy}
model: {backbone: {name: identity}}
training: {epochs: 1}
"""
)


class Job(NamedTuple):
    """A command.

    Attributes:
        write: Writes what it reads to a folder, in which it is called.
        words: The command.
        more: Options that are added when it is called again after it was disturbed.
    """

    write: Callable[[Path], object]
    words: tuple[str, ...]
    more: tuple[str, ...] = ()

    def call(self, place: Path, *, again: bool = False) -> None:
        """Call it in a folder, in this process."""
        os.chdir(place)
        sys.modules["gcnlabel.faces.cache.prepare"].SHARD_FACES = 4  # type: ignore[attr-defined]
        called(*self.words, *(self.more if again else ()))


def _write_table(folder: Path) -> None:
    rng = np.random.default_rng(0)
    cause = rng.normal(size=(120, 3))
    np.save(folder / "features.npy", cause.astype(np.float32))
    moods = np.array(["sad", "glad", "猫"])[np.digitize(cause[:, 0], [-0.4, 0.4])]
    tags = (cause[:, :1] + rng.normal(size=cause.shape) > 0).astype(int)
    splits = np.repeat(["train", "val", "test"], [60, 30, 30])
    rows = [f"{mood},{a},{b},{c},{split}" for mood, (a, b, c), split in zip(moods, tags, splits, strict=True)]
    (folder / "labels.csv").write_text("\n".join(["mood,joie é,b,c,split", *rows]) + "\n", encoding="utf-8")
    (folder / "tasks.yaml").write_text(TASKS, encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")


def _nothing(folder: Path) -> None:
    """Write nothing: synthetic faces are drawn."""


_ABLATION = ("--seeds", "1", "--share", "1", "--few", "none", "--head", "cosine", "--rate", "0.01", "--steps", "5")
JOBS = {
    "train": Job(
        _nothing,
        ("train", "synthetic-faces", *sets((*TINY, "training.epochs=3", "model.head.name=graph")), "--output", "run"),
        ("--resume",),
    ),
    "prepare": Job(
        lambda folder: write_affectnet(folder / "faces"),
        ("prepare", "affectnet", "faces", "cache", "--size", "16", "--workers", "1"),
    ),
    "build-graph": Job(
        _write_table,
        (
            "build-graph",
            "tasks.yaml",
            "--annotations",
            "labels.csv",
            "--statistic",
            "tags=phi",
            "--output",
            "graph.safetensors",
        ),
        ("--overwrite",),
    ),
    "ablate": Job(
        _write_table,
        ("ablate", "config.yaml", *_ABLATION, "--format", "png", "--workers", "1", "--output", "out"),
        ("--overwrite",),
    ),
    "reproduce": Job(
        _nothing,
        (
            "reproduce",
            "table4",
            "--data",
            "synthetic-faces",
            "--seeds",
            "2",
            "--output",
            "out",
            *sets((*TINY, "training.epochs=1")),
        ),
    ),
    "figures": Job(write_run, ("figures", "run", "--format", "png", "--output", "out"), ("--overwrite",)),
    "export": Job(
        write_run, ("export", "run", "--format", "safetensors", "--output", "m.safetensors"), ("--overwrite",)
    ),
    "predict": Job(write_run, ("predict", "run", "face.png", "--output", "p.csv"), ("--overwrite",)),
}
"""Name -> job."""


def log_of(place: Path) -> Path:
    """Return where stands what the last command of a folder has printed: beside it."""
    return place.with_suffix(".log")


def undisturbed(job: Job, folder: Path) -> dict[str, str]:
    """Write the inputs, call the job once, and return what lies there then.

    Raises:
        RuntimeError: It fails.
    """
    inputs, place = folder / "inputs", folder / "reference"
    inputs.mkdir()
    if forked(lambda: job.write(inputs), log_of(place), COMMAND) != 0:
        raise RuntimeError(f"the inputs cannot be written: {said(log_of(place))}")
    shutil.copytree(inputs, place)
    if forked(lambda: job.call(place), log_of(place), COMMAND) != 0:
        raise RuntimeError(f"the undisturbed command fails: {said(log_of(place))}")
    return digests(place)


def check_again(job: Job, place: Path, expected: dict[str, str]) -> None:
    """Call a disturbed job again, and see that all is as if it had never been disturbed.

    Raises:
        LostError: It is not.
    """
    status = forked(lambda: job.call(place, again=True), log_of(place), COMMAND)
    if status != 0:
        raise LostError(f"called again, it ends with {status}: {said(log_of(place))}")
    found = digests(place)
    for what, names in {
        "lost": expected.keys() - found.keys(),
        "left behind": found.keys() - expected.keys(),
        "different": {name for name in expected.keys() & found.keys() if expected[name] != found[name]},
    }.items():
        if names:
            raise LostError(f"{what}: {', '.join(sorted(names))[:300]}")


def digests(place: Path) -> dict[str, str]:
    """Return name -> digest of every file below a folder."""
    return {str(path.relative_to(place)): _digest(path) for path in sorted(place.rglob("*")) if path.is_file()}


def _digest(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".json":
        with contextlib.suppress(ValueError):
            content = json.dumps(_timeless(json.loads(content))).encode()
    return hashlib.sha256(content).hexdigest()


def _timeless(value: object) -> object:
    """Return plain values without how long something took."""
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items() if key != "seconds"}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value
