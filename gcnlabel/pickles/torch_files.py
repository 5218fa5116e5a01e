"""Files of ``torch.save``, opened with ``weights_only=True``: tensors and plain values, without running code."""

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
"""First bytes of files of ``torch.save``, since PyTorch 1.6 and before."""
SLOW = ("punycode", "idna")
"""Codecs whose time grows with the square of a text's length."""


def is_torch_file(path: Path) -> bool:
    """Return whether a file was written by ``torch.save``."""
    with path.open("rb") as file:
        return file.read(len(LEGACY)).startswith((ZIP, LEGACY))


def load_torch(
    path: str | Path,
    *,
    fix: str = "where it was made, save the tensors alone",
    inert: Mapping[str, type] = MappingProxyType({}),
) -> Any:
    """Return what a file of ``torch.save`` holds, on the CPU.

    Besides tensors and plain values, numpy's numbers and arrays are admitted, as stand-ins: none of numpy's own
    functions is called (:mod:`gcnlabel.pickles.stand_ins`).

    Args:
        path: The file.
        fix: What to do about one that holds something else.
        inert: Class that a file may name -> class that stands for it and does nothing.

    Raises:
        InputError: It asks for anything else, which is named; or it is no such file, or damaged.
    """
    admitted: list[Any] = [(stand_in, name) for name, stand_in in {**NUMPY, **inert}.items()]
    try:
        _check_codecs(Path(path))
        with warnings.catch_warnings(), torch.serialization.safe_globals(admitted):
            warnings.simplefilter("ignore")  # of the pickle protocol, for files that are refused anyway
            return torch.load(path, map_location="cpu", weights_only=True)
    except InputError as error:
        raise InputError(f"{path} is refused: {error}") from None
    except Exception as error:  # files that are no checkpoints raise errors of many types
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
            fix=fix,
        ) from error


def check_tensor(tensor: Tensor, name: str) -> Tensor:
    """Return a tensor whose elements are all in the file: strides of 0 can claim any size.

    Raises:
        InputError: It is larger than what it was read from.
    """
    if tensor.is_sparse or tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise InputError(f"{name} claims {tensor.numel()} values", expected="as many as the file holds")
    return tensor


class TorchContent(ArrayContent):
    """Makes plain values from the result of ``torch.load``: tensors become arrays."""

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value whose tensors and stand-ins are numpy arrays."""
        if isinstance(value, Tensor):
            tensor = check_tensor(value, "a tensor").detach()
            return (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        return super().plain(dict(value) if type(value) is OrderedDict else value, depth)


def _check_codecs(path: Path) -> None:
    """Refuse files that name a slow codec: PyTorch admits all codecs and sets no time limit."""
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
            raise InputError(f"it names the codec {text!r}", expected="latin1")


def _codec(text: str) -> str | None:
    try:
        return codecs.lookup(text).name
    except (LookupError, ValueError):
        return None
