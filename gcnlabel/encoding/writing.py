"""Write features batch by batch to a memory-mapped file, so that an interrupted call can be continued."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from gcnlabel.data.feature_records import record_file, write_record
from gcnlabel.encoding.ahead import encoded_batches
from gcnlabel.encoding.encoders import Encoder
from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, refuse_existing, refuse_suffix

SAFETENSORS = ".safetensors"
SAVE_SECONDS = 1.0
"""Interval between two updates of the number of finished rows."""
Progress = Callable[[int, int], None]


def write_features(
    encoder: Encoder,
    items: Sequence[str],
    output: str | Path,
    *,
    names: Sequence[str] | None = None,
    column: str | None = None,
    batch_size: int = 32,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Write the features [N, D] of items to a file and their record to ``OUTPUT.json``, and return the record.

    Until all rows are done, they are in ``OUTPUT.part``; the same call continues it, another one starts over.

    Args:
        encoder: The encoder.
        items: Paths of images, or texts.
        output: The file, ``.npy`` or ``.safetensors`` (tensor ``features``).
        names: Names of the rows, for the digest in the record; None for the items themselves.
        column: Column of the table with the items, for the record.
        batch_size: Batch size.
        overwrite: Whether to replace an existing file.
        progress: Called after every batch with the number of encoded items and of all items.

    Raises:
        InputError: There are no items, the file exists, or an item cannot be read.
    """
    refuse_suffix(output, SAFETENSORS if Path(output).suffix == SAFETENSORS else ".npy", "a file of features")
    refuse_existing(output, overwrite)
    if not items:
        raise InputError("nothing to encode", expected="at least one image or text")
    of_column = {} if column is None else {"column": column}
    record = {**encoder.record, "rows": len(items), "rows_digest": _digest(names or items), **of_column}
    part, state = Path(f"{output}.part"), Path(f"{output}.part.json")
    _write_rows(encoder, items, part, state, record, batch_size, progress)
    write_record(record_file(output), record)
    _finish(part, Path(output))
    state.unlink()
    return record


def _finish(part: Path, output: Path) -> None:
    """Move or convert the finished rows to the output file."""
    if output.suffix != SAFETENSORS:
        os.replace(part, output)
        return
    with atomic_write(output, overwrite=True) as temporary:
        save_file({"features": np.load(part, mmap_mode="r")}, temporary)
    part.unlink()


def _write_rows(
    encoder: Encoder,
    items: Sequence[str],
    part: Path,
    state: Path,
    record: dict[str, Any],
    batch_size: int,
    progress: Progress,
) -> None:
    """Encode and write the remaining rows."""
    done = _rows_done(part, state, record)
    array = np.lib.format.open_memmap(part, mode="r+") if done else None
    saved = time.monotonic()
    progress(done, len(items))
    try:
        for features in encoded_batches(encoder, items[done:], batch_size):
            if array is None:
                shape = (len(items), features.shape[1])
                array = np.lib.format.open_memmap(part, mode="w+", dtype=np.float32, shape=shape)
            array[done : done + len(features)] = features
            done += len(features)
            progress(done, len(items))
            if time.monotonic() - saved > SAVE_SECONDS:
                _save(array, state, {"done": done, "of": record})
                saved = time.monotonic()
    finally:
        if array is not None:
            _save(array, state, {"done": done, "of": record})


def _save(array: np.memmap[Any, Any], state: Path, content: dict[str, Any]) -> None:
    array.flush()  # rows are on disk before their number
    write_record(state, content)


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()


def _rows_done(part: Path, state: Path, record: dict[str, Any]) -> int:
    """Return the number of rows that an interrupted call has written; 0 if its record differs."""
    try:
        content = json.loads(state.read_text(encoding="utf-8"))
        return int(content["done"]) if content["of"] == record and part.is_file() else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0
