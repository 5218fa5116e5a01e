"""Load files of ``torch.save`` with ``weights_only=True``: tensors and plain values, without running code."""

from __future__ import annotations

import codecs
import pickletools
import re
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.pickles.content import ArrayContent
from gcnlabel.pickles.stand_ins import NUMPY

ZIP, LEGACY = b"PK\x03\x04", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""First bytes of files of ``torch.save``, since PyTorch 1.6 and before that."""
SLOW = ("punycode", "idna")
"""Codecs that take quadratic time."""


def is_torch_file(path: Path) -> bool:
    """Return whether a file was written by ``torch.save``."""
    with path.open("rb") as file:
        return file.read(len(LEGACY)).startswith((ZIP, LEGACY))


def load_torch(
    path: str | Path,
    *,
    fix: str = "save only the tensors, with the code that made it",
    inert: Mapping[str, type] = MappingProxyType({}),
) -> Any:
    """Return the content of a file of ``torch.save``, on the CPU.

    Besides tensors and plain values, the file may have numpy numbers and arrays, which are returned as stand-ins without
    calling numpy (:mod:`gcnlabel.pickles.stand_ins`).

    Args:
        path: The file.
        fix: What the message suggests for a file with other content.
        inert: Name of a class that the file may use -> class without behaviour that replaces it.

    Raises:
        InputError: The file uses another global (the message names it), is not from ``torch.save``, or is damaged.
    """
    admitted: list[Any] = [(stand_in, name) for name, stand_in in {**NUMPY, **inert}.items()]
    try:
        _check_codecs(Path(path))
        with warnings.catch_warnings(), torch.serialization.safe_globals(admitted):
            warnings.simplefilter("ignore")  # about the pickle protocol of files that are refused anyway
            return torch.load(path, map_location="cpu", weights_only=True)
    except InputError as error:
        raise InputError(f"{path} is refused: {error}") from None
    except Exception as error:  # invalid files raise exceptions of many types
        asked = re.search(r"GLOBAL ([\w.]+)", str(error))
        if asked is None:
            raise InputError(
                f"{path} is not a PyTorch checkpoint, or is damaged",
                expected="a file written by torch.save",
                fix="download or copy it again",
            ) from error
        raise InputError(
            f"{path} uses {asked[1]}: it can only be loaded by unpickling, which may run any code",
            expected="only tensors and plain values (torch.load with weights_only=True)",
            fix=fix,
        ) from error


def check_tensor(tensor: Tensor, name: str) -> Tensor:
    """Return a tensor if its storage has all its elements; strides of 0 can claim any size.

    Raises:
        InputError: It is larger than its storage, or sparse.
    """
    if tensor.is_sparse or tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise InputError(f"{name} claims {tensor.numel()} values", expected="as many as the file has")
    return tensor


class TorchContent(ArrayContent):
    """Converts the result of ``torch.load`` to plain values: tensors become arrays."""

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value with tensors and stand-ins replaced by numpy arrays."""
        if isinstance(value, Tensor):
            tensor = check_tensor(value, "a tensor").detach()
            return (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        return super().plain(dict(value) if type(value) is OrderedDict else value, depth)


def _check_codecs(path: Path) -> None:
    """Raise InputError if a file uses a slow codec; PyTorch admits all codecs and has no time limit."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            inside = [name for name in archive.namelist() if name.endswith("data.pkl")]
            pickled = b"".join(archive.read(name) for name in inside)
    else:
        pickled = path.read_bytes()
    if b"_codecs" not in pickled:
        return
    for _, text, _ in pickletools.genops(pickled):
        if isinstance(text, str) and len(text) < 40 and _codec(text) in SLOW:
            raise InputError(f"it uses the codec {text!r}", expected="latin1")


def _codec(text: str) -> str | None:
    try:
        return codecs.lookup(text).name
    except (LookupError, ValueError):
        return None
