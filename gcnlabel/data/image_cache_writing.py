"""Write a folder of decoded and scaled images; an interrupted call continues when it is repeated."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.data.feature_records import write_record
from gcnlabel.data.image_cache import FORMAT, made_as, read_json
from gcnlabel.data.images import ImageFiles
from gcnlabel.errors import InputError
from gcnlabel.files import locked, writable_folder

CHUNK = 256
"""Number of images between two updates of the progress file."""
Progress = Callable[[int, int], None]


def write_cache(
    files: ImageFiles,
    names: Sequence[str],
    output: str | Path,
    *,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> dict[str, str]:
    """Decode and scale images once, write the cache, and return name -> problem of the unreadable images.

    An interrupted call continues when it is repeated.

    Args:
        files: Image files, some of which may be unreadable.
        names: Name of each image.
        output: Folder of the cache.
        workers: Number of decoding threads; None for one per processor.
        overwrite: Whether to replace the cache of other images.
        progress: Called with the number of finished images and of all.

    Raises:
        InputError: The folder has other files, is in use, or has too little space.
    """
    folder = writable_folder(Path(output))
    manifest = {"format": FORMAT, "made": made_as(files.geometry, files.image_shape[0]), "names": list(names)}
    with locked(folder, "is being written"):
        done, unreadable = _claimed(folder, manifest, overwrite)
        needed = int(np.prod(files.shape, dtype=np.int64)) * (done == 0)
        if needed > (free := shutil.disk_usage(folder).free):
            raise InputError(f"the cache takes {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free", where=folder)
        try:
            _write_rows(files, names, folder, done, unreadable, workers, progress)
        except OSError as error:
            raise InputError(f"{folder} cannot be written: {error.strerror}", fix="give another OUTPUT") from error
    return unreadable


def _claimed(folder: Path, manifest: dict[str, Any], overwrite: bool) -> tuple[int, dict[str, str]]:
    """Return the number of images already in the same cache, and the unreadable ones; otherwise start a new cache."""
    ours, state = folder / "manifest.json", folder / "progress.json"
    if ours.exists() and read_json(ours) == manifest:
        found: dict[str, Any] = read_json(state) if state.exists() else {"done": 0, "unreadable": {}}
        try:
            return int(found["done"]), dict(found["unreadable"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{state} is damaged: {error}", fix="remove the folder") from error
    others = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    if others and not (overwrite and ours.exists()):
        kind = "the cache of other images" if ours.exists() else "other files"
        raise InputError(f"{folder} holds {kind}", fix="give another OUTPUT" + ", or --overwrite" * ours.exists())
    state.unlink(missing_ok=True)
    write_record(ours, manifest)
    return 0, {}


def _write_rows(
    files: ImageFiles,
    names: Sequence[str],
    folder: Path,
    done: int,
    unreadable: dict[str, str],
    workers: int | None,
    progress: Progress,
) -> None:
    path, total = folder / "images.npy", len(files)
    if done == 0:
        np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=files.shape).flush()
    offset = np.load(path, mmap_mode="r").offset
    with path.open("r+b") as file, ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        while done < total:
            progress(done, total)
            rows = range(done, min(done + CHUNK, total))
            read = list(pool.map(lambda row: _one(files, row), rows))
            file.seek(offset + done * int(np.prod(files.image_shape)))
            for row, (image, problem) in zip(rows, read, strict=True):
                file.write(image.tobytes())  # a full disk would kill the process if it were mapped
                if problem is not None:
                    unreadable[names[row]] = problem
            file.flush()
            os.fsync(file.fileno())  # images are on disk before their number
            done = rows.stop
            write_record(folder / "progress.json", {"done": done, "unreadable": unreadable})
    progress(done, total)


def _one(files: ImageFiles, row: int) -> tuple[npt.NDArray[np.uint8], str | None]:
    try:
        return files[row], None
    except InputError as error:
        return np.zeros(files.image_shape, dtype=np.uint8), str(error).partition("\n")[0]
