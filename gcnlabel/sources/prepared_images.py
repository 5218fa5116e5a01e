"""Decode and resize the images of a config once, and write them to a cache for ``data.cache``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gcnlabel.data.image_cache_writing import Progress, write_cache
from gcnlabel.data.images import ImageFiles
from gcnlabel.errors import InputError
from gcnlabel.sources.listed_images import found_below
from gcnlabel.sources.pictures import Pictures
from gcnlabel.sources.source import DataSource
from gcnlabel.tasks import TaskSet


def prepare_images(
    data: DataSource,
    tasks: TaskSet | None,
    output: str | Path,
    *,
    workers: int | None = None,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Write the cache of a data source, and return the numbers of images, of missing and of unreadable ones.

    Args:
        data: The source, with images in files.
        tasks: The tasks of the config, if it declares any.
        output: Folder of the cache.
        workers: Number of decoding threads; None for one per processor.
        overwrite: Whether to replace the cache of other images.
        progress: Called with the number of finished images and of all.

    Raises:
        InputError: The source has no images in files, or the cache cannot be written.
    """
    if not isinstance(data, Pictures) or data.image_shape is None:
        fix = "for data sets of faces: gcnlabel prepare"
        raise InputError(
            f"data source {data.source!r} has no image files", expected="data.images, or coco, voc", fix=fix
        )
    root, names, _ = data.listed(tasks)
    found, with_slashes = found_below(root, names)
    there = {
        name: file for name, file, present in zip(with_slashes, found.files, found.present, strict=True) if present
    }
    if not there:
        raise InputError(f"none of {len(names)} images exists in {root}")
    files = ImageFiles(root, list(there.values()), size=data.pictures, channels=data.channels)
    unreadable = write_cache(files, list(there), output, workers=workers, overwrite=overwrite, progress=progress)
    missing = len(set(with_slashes)) - len(there)
    return {"output": str(output), "images": len(there), "missing": missing, "unreadable": unreadable}
