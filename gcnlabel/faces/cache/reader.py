"""Read a cache of aligned faces from ``gcnlabel prepare``, memory-mapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from gcnlabel.data.lazy_images import Images, LazyImages
from gcnlabel.data.on_demand import Rows
from gcnlabel.data.samples import ArrayDataset, targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.faces.cache.folder import CacheFolder
from gcnlabel.faces.cache.table import read_face_table
from gcnlabel.tasks import TaskSet


class ShardImages(LazyImages):
    """Images in several arrays on disk, which are memory-mapped on first use.

    Args:
        paths: Files of the arrays, uint8 [n, C, H, W] each.
        counts: Number of images n in each.
        image_shape: (C, H, W).
    """

    def __init__(self, paths: Sequence[Path], counts: Sequence[int], image_shape: tuple[int, int, int]) -> None:
        super().__init__(sum(counts), image_shape)
        self._paths, self._counts = list(paths), list(counts)
        self._ends = np.cumsum(counts)
        self._maps: dict[int, Images] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without memory maps, for pickling to loader processes."""
        return {**self.__dict__, "_maps": {}}

    def _read(self, rows: Rows) -> Images:
        shards = np.searchsorted(self._ends, rows, side="right")
        images = np.empty((len(rows), *self.image_shape), dtype=np.uint8)
        for shard in np.unique(shards).tolist():
            here = np.flatnonzero(shards == shard)
            images[here] = self._map(shard)[rows[here] - self._ends[shard] + self._counts[shard]]
        return images

    def _map(self, shard: int) -> Images:
        if shard not in self._maps:
            self._maps[shard] = _mapped(self._paths[shard], (self._counts[shard], *self.image_shape))
        return self._maps[shard]


class FaceCache(ArrayDataset):
    """Dataset of aligned faces and their targets, from a finished cache.

    Attributes:
        annotations: Targets, splits and image paths of N faces.
        images: uint8 [N, C, H, W], read when they are indexed.
        manifest: How the cache was made.

    Args:
        path: Folder of the cache.
        transform: Transform of batches, e.g. a :class:`~gcnlabel.data.BatchAugmentation`.

    Raises:
        InputError: There is no cache, it is not finished, or it is damaged.
    """

    def __init__(self, path: str | Path, transform: Callable[[Tensor], Tensor] | None = None) -> None:
        folder = CacheFolder(path)
        self.manifest = folder.read()
        if not self.manifest.finished:
            raise InputError(
                f"the cache {path} is not finished", fix="run the same gcnlabel prepare again to continue it"
            )
        job, counts = self.manifest.job, self.manifest.shards
        tasks = _tasks(self.manifest.tasks, folder.manifest)
        self.annotations = read_face_table(folder.table, tasks)
        if sum(counts) != len(self.annotations):
            raise InputError(
                f"{folder.table} has {len(self.annotations)} rows", expected=f"{sum(counts)}, one per face"
            )
        shape = (job.channels, job.size, job.size)
        self.images = ShardImages([folder.shard(i) for i in range(len(counts))], counts, shape)
        super().__init__(self.images, targets_to_tensors(self.annotations), transform)


def _tasks(declared: dict[str, Any], path: Path) -> TaskSet:
    try:
        return TaskSet.from_dict(declared, where=path)
    except (TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path} is damaged: tasks: {error}", fix="prepare again in another folder") from error


def _mapped(path: Path, shape: tuple[int, ...]) -> Images:
    try:
        array: Images = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy parses the header as Python literals, which can fail in many ways
        raise InputError(f"{path} cannot be read: {error}", fix="prepare again with --overwrite") from error
    if array.shape != shape or array.dtype != np.uint8:
        found = f"{array.dtype} of shape {list(array.shape)}"
        raise InputError(f"{path} is {found}: the cache is damaged", expected=f"uint8 of shape {list(shape)}")
    return array
