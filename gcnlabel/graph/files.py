"""Read and write a label graph as one ``.safetensors`` file: tensors, and metadata whose values are JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import torch_geometric
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gcnlabel import __version__
from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file, refuse_suffix, sort_header
from gcnlabel.graph.raw_matrix import sparse_matrix
from gcnlabel.tasks import TaskSet

FORMAT = "gcnlabel.label_graph"
FORMAT_VERSION, SPARSE_VERSION = 1, 2
"""Versions of the format: with a dense statistic, and with positions and entries of a sparse one."""
PLACES, ENTRIES = "statistic_index", "statistic_values"
KEYS = ("format", "labels", "tasks", "history", "versions")


def write_graph(
    path: str | Path, tensors: dict[str, Tensor], tasks: TaskSet, history: dict[str, Any], *, overwrite: bool
) -> None:
    """Write tensors and metadata atomically.

    Raises:
        InputError: The file's suffix belongs to another format, or it cannot be written.
    """
    refuse_suffix(path, ".safetensors", "a label graph")
    tensors = dict(tensors)
    is_sparse = "statistic" in tensors and tensors["statistic"].is_sparse
    if is_sparse:
        statistic = tensors.pop("statistic").coalesce()
        tensors |= {PLACES: statistic.indices(), ENTRIES: statistic.values()}
    metadata = {
        "format": {"name": FORMAT, "version": SPARSE_VERSION if is_sparse else FORMAT_VERSION},
        "labels": list(tasks.labels),
        "tasks": tasks.to_dict(),
        "history": history,
        "versions": {
            "gcnlabel": __version__,
            "torch": str(torch.__version__),
            "torch_geometric": str(torch_geometric.__version__),
        },
    }
    with atomic_write(path, overwrite=overwrite) as temporary:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            temporary,
            metadata={key: json.dumps(value) for key, value in metadata.items()},
        )
        sort_header(temporary)


def read_graph(path: str | Path) -> tuple[dict[str, Tensor], TaskSet, dict[str, Any]]:
    """Return tensors, tasks and history of a file, after checking every invariant of the graph.

    Raises:
        InputError: The file is missing, truncated, of another format, or holds invalid values.
    """
    path = existing_file(path, "label graph")
    try:
        with safe_open(path, framework="pt") as file:
            text = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError) as error:
        raise InputError(f"label graph {path} cannot be read: {error}", fix="build it again") from error
    metadata = _metadata(text, path)
    tasks = TaskSet.from_dict(metadata["tasks"], where=path)
    if metadata["labels"] != list(tasks.labels):
        raise _damaged(path, "labels and tasks name different labels")
    if not isinstance(metadata["history"], dict):
        raise _damaged(path, "history is not a mapping")
    _check_tensors(tensors, tasks.num_labels, path)
    if PLACES in tensors:
        tensors["statistic"] = sparse_matrix(tensors.pop(PLACES), tensors.pop(ENTRIES), tasks.num_labels)
    return tensors, tasks, metadata["history"]


def _metadata(text: dict[str, str], path: Path) -> dict[str, Any]:
    missing = [key for key in KEYS if key not in text]
    if missing:
        raise _damaged(path, f"its metadata lack {', '.join(missing)}")
    try:
        values = {key: json.loads(text[key]) for key in KEYS}
    except ValueError as error:
        raise _damaged(path, f"its metadata are not JSON: {error}") from error
    form = values["format"]
    if not isinstance(form, dict) or form.get("name") != FORMAT:
        raise _damaged(path, f"its format is {form!r}")
    if form.get("version") not in (FORMAT_VERSION, SPARSE_VERSION):
        raise InputError(
            f"{path} has version {form.get('version')!r} of the format",
            expected=f"version {FORMAT_VERSION} or {SPARSE_VERSION}",
            fix="use the gcnlabel that wrote it, or build it again",
        )
    return values


def _check_tensors(tensors: dict[str, Tensor], size: int, path: Path) -> None:
    for name in ("edge_index", "edge_weight", *((PLACES, ENTRIES) if PLACES in tensors or ENTRIES in tensors else ())):
        if name not in tensors:
            raise _damaged(path, f"it holds no {name}")
    for name, shape in _shapes(tensors, size).items():
        if list(tensors[name].shape) != shape:
            raise _damaged(path, f"{name} has the shape {list(tensors[name].shape)}, expected {shape}")
        if name in ("edge_index", PLACES):
            _check_places(name, tensors[name], size, path)
        elif not (tensors[name].is_floating_point() and tensors[name].isfinite().all()):
            raise _damaged(path, f"{name} must hold finite numbers")
    for name in ("statistic", ENTRIES):
        if name in tensors and tensors[name].dtype != torch.float64:
            raise _damaged(path, f"{name} is {tensors[name].dtype}, expected float64")


def _shapes(tensors: dict[str, Tensor], size: int) -> dict[str, list[int]]:
    """Return the shape that each tensor of a file must have."""
    edges = tensors["edge_weight"].numel()
    shapes = {"edge_index": [2, edges], "edge_weight": [edges]}
    if "statistic" in tensors:
        shapes["statistic"] = [size, size]
    if PLACES in tensors:
        shapes |= {PLACES: [2, tensors[ENTRIES].numel()], ENTRIES: [tensors[ENTRIES].numel()]}
    if "x" in tensors:
        shapes["x"] = [size, tensors["x"].shape[-1] if tensors["x"].dim() else 0]
    return shapes


def _check_places(name: str, places: Tensor, size: int, path: Path) -> None:
    if places.dtype != torch.int64 or (places.numel() and not 0 <= places.min() <= places.max() < size):
        raise _damaged(path, f"{name} must hold integers from 0 to {size - 1}")


def _damaged(path: Path, why: str) -> InputError:
    return InputError(
        f"{path} is no label graph of gcnlabel, or is damaged: {why}", fix="build it again with gcnlabel build-graph"
    )
