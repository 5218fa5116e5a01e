"""Lightning checkpoints as safetensors + JSON, which cannot contain code."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.fabric.plugins.io.torch_io import TorchCheckpointIO
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file, sort_header

FORMAT = "gcnlabel.checkpoint"


class SafeCheckpointIO(TorchCheckpointIO):  # type: ignore[misc]
    """Saves a checkpoint as one ``.safetensors`` file: tensors as tensors, everything else as JSON metadata."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write the checkpoint atomically; an existing file is replaced."""
        tensors: dict[str, Tensor] = {}
        skeleton = _take_out(dict(checkpoint), tensors)
        with atomic_write(path, overwrite=True) as temporary:
            save_file(tensors, temporary, metadata={"format": FORMAT, "checkpoint": json.dumps(skeleton)})
            sort_header(temporary)

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> dict[str, Any]:
        """Return the content of a checkpoint."""
        return load_checkpoint(path)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """Return the content of a checkpoint that :class:`SafeCheckpointIO` wrote, on the CPU.

    Raises:
        InputError: The file is missing, damaged or no checkpoint.
    """
    path = existing_file(path, "checkpoint")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError) as error:
        raise InputError(f"checkpoint {path} is damaged: {error}", fix="use another checkpoint of the run") from error
    if metadata.get("format") != FORMAT:
        raise InputError(f"{path} is no checkpoint of gcnlabel", expected=f"format {FORMAT!r} in its metadata")
    try:
        checkpoint: dict[str, Any] = _put_back(json.loads(metadata["checkpoint"]), tensors)
        state, epoch = checkpoint["state_dict"], checkpoint["epoch"]
        if not (isinstance(epoch, int) and all(isinstance(value, Tensor) for value in state.values())):
            raise ValueError(f"epoch {epoch!r:.50}, or weights that are no tensors")
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"checkpoint {path} is damaged: {error}", fix="use another checkpoint of the run") from error
    return checkpoint


def check_resumable(checkpoint: Mapping[str, Any], path: str | Path) -> None:
    """Check that a checkpoint holds the states of optimizers, schedules and loops, which resuming requires.

    Raises:
        InputError: A state is missing.
    """
    gone = [key for key in ("optimizer_states", "lr_schedulers", "loops", "callbacks") if not checkpoint.get(key)]
    states = [] if gone else [state.get("state", {}) for state in checkpoint["optimizer_states"]]
    uneven = any(len({frozenset(of) for of in state.values()}) > 1 for state in states)
    if gone or uneven:
        what = f"{gone[0]} is missing" if gone else "parameters have different states of the optimizer"
        raise InputError(
            f"checkpoint {path} is damaged: {what}", fix="train the run again, with --overwrite instead of --resume"
        )


def _take_out(value: Any, tensors: dict[str, Tensor]) -> Any:
    """Return ``value`` as JSON values, with its tensors moved to ``tensors``; types other than list are tagged."""
    if isinstance(value, Tensor):
        name = f"tensor_{len(tensors):05d}"
        tensors[name] = value.detach().cpu().clone().contiguous()
        return {"$": "tensor", "name": name}
    if isinstance(value, Mapping):
        items = [[_take_out(k, tensors), _take_out(v, tensors)] for k, v in value.items()]
        return {"$": "ordered" if isinstance(value, OrderedDict) else "dict", "items": items}
    if isinstance(value, tuple):
        return {"$": "tuple", "items": [_take_out(v, tensors) for v in value]}
    if isinstance(value, list):
        return [_take_out(v, tensors) for v in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"a checkpoint may hold tensors and plain values, not {type(value).__qualname__}")


def _put_back(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, list):
        return [_put_back(v, tensors) for v in value]
    if not isinstance(value, dict):
        return value
    if value["$"] == "tensor":
        return tensors[value["name"]]
    if value["$"] == "tuple":
        return tuple(_put_back(v, tensors) for v in value["items"])
    items = [(_put_back(k, tensors), _put_back(v, tensors)) for k, v in value["items"]]
    return OrderedDict(items) if value["$"] == "ordered" else dict(items)
