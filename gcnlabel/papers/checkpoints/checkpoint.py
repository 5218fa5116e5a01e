"""A published checkpoint file: a dict that holds the weights under one key, loaded without running code from it."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import existing_file
from gcnlabel.pickles import check_tensor, load_torch

KEYS = {"emotion-gcn": "model_state_dict", "ml-gcn": "state_dict"}
"""Key of the weights, by published code."""

FIRST_EPOCH = {"emotion-gcn": 0, "ml-gcn": 1}
"""Number of the first epoch, by published code."""


SAVE = (
    "save only the weights, with the code that made it: torch.save({'model_state_dict': model.state_dict()}, FILE) "
    "for emotion-gcn, {'state_dict': ...} for ml-gcn"
)


@dataclass(frozen=True)
class PublishedCheckpoint:
    """The weights of a published checkpoint.

    Attributes:
        path: The file.
        state: Name -> tensor on the CPU, floating point as float32, names without ``module.`` of ``DataParallel``.
        epoch: The stored epoch, counted from 0; None if there is none.
    """

    path: Path
    state: dict[str, Tensor]
    epoch: int | None

    def __getitem__(self, name: str) -> Tensor:
        """Return a tensor.

        Raises:
            InputError: The checkpoint does not hold it.
        """
        if name not in self.state:
            raise InputError(
                f"{self.path} has no tensor {name!r}",
                where=f"its tensors: {shorten(self.state)}",
                expected="weights of a backbone, gc1.weight, gc2.weight and A",
            )
        return self.state[name]


def read_checkpoint(path: str | Path, source: str) -> PublishedCheckpoint:
    """Read a checkpoint that a published code saved with ``torch.save``, with ``weights_only=True``.

    Args:
        path: The file.
        source: ``emotion-gcn`` or ``ml-gcn``.

    Raises:
        InputError: The file is not a checkpoint of this source, contains pickled code, or has weights that are NaN or
            infinite.
    """
    path = existing_file(path, "checkpoint")
    content = load_torch(path, fix=SAVE)
    key = KEYS[source]
    if _is_state(content):  # model.state_dict() by itself
        content = {key: content}
    if not isinstance(content, Mapping) or not isinstance(content.get(key), Mapping):
        raise _without(path, content, key)
    state = {_bare(str(name)): value for name, value in content[key].items()}
    for name, value in state.items():
        if not isinstance(value, Tensor):
            raise InputError(f"{path}: {name!r} is a {type(value).__name__}", expected="a tensor")
        if not torch.isfinite(check_tensor(value, f"{path}: {name!r}")).all():
            raise InputError(f"{path}: {name!r} has NaN or infinity", fix="use another checkpoint of that training")
    epoch = _epoch(content.get("epoch"), FIRST_EPOCH[source])
    tensors = {name: value.detach().float() if value.is_floating_point() else value for name, value in state.items()}
    return PublishedCheckpoint(path, tensors, epoch)


def _is_state(content: Any) -> bool:
    return isinstance(content, Mapping) and len(content) > 0 and all(isinstance(v, Tensor) for v in content.values())


def _epoch(noted: Any, first: int) -> int | None:
    """Return the epoch, a Python, NumPy or tensor integer, counted from 0; None if there is none."""
    try:
        return max(operator.index(noted) - first, 0)
    except (TypeError, ValueError, RuntimeError):
        return None


def _bare(name: str) -> str:
    return name.removeprefix("module.")


def _without(path: Path, content: Any, key: str) -> InputError:
    keys = list(content) if isinstance(content, Mapping) else []
    other = next((source for source, theirs in KEYS.items() if theirs in keys and theirs != key), None)
    holds = f"holds {shorten(keys) or 'nothing'}" if isinstance(content, Mapping) else f"is a {type(content).__name__}"
    return InputError(
        f"{path} {holds}",
        expected=f"a dict with {key!r}",
        fix=None if other is None else f"if it is a checkpoint of {other}: --from {other}",
    )
