"""Reproducible headers of ``.safetensors`` files, whose library writes the metadata in random order."""

from __future__ import annotations

import json
from pathlib import Path


def sort_header(path: Path) -> None:
    """Sort the metadata of a ``.safetensors`` file in place, so that equal contents give equal bytes.

    The header is its length (8 bytes) followed by JSON padded with spaces; sorting does not change the length.
    """
    with path.open("r+b") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        header["__metadata__"] = dict(sorted(header.get("__metadata__", {}).items()))
        if not header["__metadata__"]:
            return
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        if len(text) <= size:
            file.seek(8)
            file.write(text.ljust(size))
