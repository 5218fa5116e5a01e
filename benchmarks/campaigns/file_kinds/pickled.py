"""Pickles and checkpoints of the published codes."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import torch

from file_kinds.kind import SLOW, file_kind
from file_kinds.tables import TASKS
from gcnlabel.embeddings import read_label_arrays
from gcnlabel.graph import read_pickle, read_raw_graph
from gcnlabel.papers.checkpoints import import_emotion_gcn, read_checkpoint
from gcnlabel.pickles import load_torch, pickled_frame
from gcnlabel.tasks import MultiLabel, TaskSet

TAGS = TaskSet([MultiLabel("t", ("cat", "dog"))])
ADJ = {"adj": np.array([[0, 1], [1, 0]]), "nums": np.array([4, 2])}
BLOCKS = ((7, 32, 32), (1, 32, 64), (8, 64, 64), (1, 64, 128), (7, 128, 128))
"""BReG-NeXt: number of layers, channels before and behind."""


def _write_adj(folder: Path) -> None:
    for protocol in range(6):
        (folder / f"adj{protocol}.pkl").write_bytes(pickle.dumps(ADJ, protocol))


def _write_words(folder: Path) -> None:
    words = {"cat": np.ones(30, "f4"), "dog": [1.0] * 30}
    for protocol in (0, 2, 4):
        (folder / f"array{protocol}.pkl").write_bytes(pickle.dumps(np.ones((2, 30)), protocol))
        (folder / f"dict{protocol}.pkl").write_bytes(pickle.dumps(words, protocol))
    torch.save({"cat": torch.ones(3), "dog": torch.zeros(3)}, folder / "tensors.pkl")
    torch.save({"cat": torch.ones(3), "dog": np.float64(2)}, folder / "old.pkl", _use_new_zipfile_serialization=False)


def _write_frame(folder: Path) -> None:
    (folder / "ours.pkl").write_bytes(pickled_frame(np.eye(2), ["cat", "dog"]))
    try:
        import pandas as pd
    except ImportError:
        return
    names = pd.Index(["cat", "dog"], dtype=object)
    pd.DataFrame(np.eye(2), index=names, columns=names).to_pickle(folder / "pandas.pkl")


def _generator(features: int) -> dict[str, torch.Tensor]:
    return {"gc1.weight": torch.ones(4, 6), "gc2.weight": torch.ones(6, features), "A": torch.eye(9)}


def _write_small_checkpoint(folder: Path) -> None:
    content = {"epoch": 6, "model_state_dict": _generator(8), "optimizer_state_dict": {"param_groups": [{"lr": 1e-3}]}}
    torch.save(content, folder / "new.pth")
    torch.save(content, folder / "old.pth", _use_new_zipfile_serialization=False)


def _breg_next() -> dict[str, torch.Tensor]:
    """Return a whole checkpoint, of zeros."""
    state = _generator(128) | {"model._conv0.weight": torch.zeros(32, 3, 3, 3), "model._conv0.bias": torch.zeros(32)}
    norm = ("weight", "bias", "running_mean", "running_var")
    for k, (count, first, channels) in enumerate(BLOCKS):
        for i in range(count):
            layer, size = f"model._model.{k}._layer_stack.{i}.", first if i == 0 else channels
            for name, inputs in (("conv0", size), ("conv1", channels)):
                state[f"{layer}_{name}.weight"] = torch.zeros(channels, inputs, 3, 3)
                state[f"{layer}_{name}.bias"] = torch.zeros(channels)
                state |= {f"{layer}_batchnorm_{name}.{key}": torch.ones(inputs) for key in norm}
            state |= {f"{layer}_shortcut._{letter}": torch.ones(1) for letter in "ac"}
    state |= {f"model._model.5.{key}": torch.ones(128) for key in norm}
    return state | {"model._fc0.weight": torch.zeros(7, 128), "model._fc0.bias": torch.zeros(7)}


@file_kind("pickle-adj", _write_adj, "*.pkl")
def _read_adj(path: Path) -> None:
    read_pickle(path)
    read_raw_graph("counts", path, TAGS)


@file_kind("pickle-words", _write_words, "*.pkl")
def _read_words(path: Path) -> object:
    return read_label_arrays(path, TAGS.labels) if path.stem != "old" else read_pickle(path)


@file_kind("pickle-frame", _write_frame, "*.pkl")
def _read_frame(path: Path) -> object:
    return read_raw_graph("matrix", path)


@file_kind("checkpoint", _write_small_checkpoint, "*.pth")
def _read_checkpoint(path: Path) -> None:
    load_torch(path)
    read_checkpoint(path, "emotion-gcn")


@file_kind(
    "checkpoint-import",
    lambda folder: torch.save({"epoch": 6, "model_state_dict": _breg_next()}, folder / "a.pth"),
    "a.pth",
    count=SLOW,
)
def _import_checkpoint(path: Path) -> object:
    return import_emotion_gcn(path, torch.ones(len(TASKS.labels) + 2, 4))
