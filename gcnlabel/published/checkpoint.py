"""A published checkpoint file: a dict that holds the weights under one key. Nothing in it is ever run."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import existing_file

KEYS = {"emotion-gcn": "model_state_dict", "ml-gcn": "state_dict"}
"""Where each published code keeps the weights."""

FIRST_EPOCH = {"emotion-gcn": 0, "ml-gcn": 1}
"""What each calls its first epoch."""


@dataclass(frozen=True)
class PublishedCheckpoint:
    """The weights of a published checkpoint.

    Attributes:
        path: The file.
        state: Name -> tensor on the CPU, floating numbers as float32, without the ``module.`` of data parallelism.
        epoch: The epoch that the file notes, counted from 0; None when it notes none.
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
                f"{self.path} holds no {name!r}",
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
        InputError: The file is no checkpoint, asks for code to be run, is of another source, or holds weights that
            are not finite.
    """
    path = existing_file(path, "checkpoint")
    content = _load(path)
    key = KEYS[source]
    if not isinstance(content, Mapping) or not isinstance(content.get(key), Mapping):
        raise _without(path, content, key)
    state = {_bare(str(name)): value for name, value in content[key].items()}
    for name, value in state.items():
        if not isinstance(value, Tensor):
            raise InputError(f"{path}: {name!r} is a {type(value).__name__}", expected="a tensor")
        if not torch.isfinite(value).all():
            raise InputError(f"{path}: {name!r} holds NaN or infinity", fix="use another checkpoint of that training")
    epoch = content.get("epoch")
    tensors = {name: value.detach().float() if value.is_floating_point() else value for name, value in state.items()}
    return PublishedCheckpoint(path, tensors, epoch - FIRST_EPOCH[source] if isinstance(epoch, int) else None)


def _load(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the pickle protocol of files that are refused anyway
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a file that is no checkpoint fails in as many ways as there are files
        asked = re.search(r"GLOBAL ([\w.]+)", str(error))
        if asked is None:
            raise InputError(
                f"{path} is no PyTorch checkpoint, or is damaged",
                expected="a file written by torch.save",
                fix="download or copy it again",
            ) from error
        raise InputError(
            f"{path} asks for {asked[1]}: it can only be opened by unpickling, which may run any code",
            expected="tensors and plain values alone (torch.load with weights_only=True)",
            fix="where it was made, save the weights alone: torch.save({'model_state_dict': model.state_dict()}, FILE) "
            "for emotion-gcn, {'state_dict': ...} for ml-gcn",
        ) from error


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
