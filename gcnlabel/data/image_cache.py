"""A folder of decoded and scaled images, written once and mapped into memory by every training."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.data.geometry import Geometry
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.data.on_demand import Rows
from gcnlabel.errors import InputError

FORMAT = "gcnlabel images 1"


class ImageCache:
    """The cache of the images of a data set, written by :func:`gcnlabel.data.image_cache_writing.write_cache`.

    Args:
        path: Folder with ``images.npy``, uint8 [N, C, S, S]; ``manifest.json``, names and geometry; ``progress.json``,
            number of finished images, and unreadable ones.

    Raises:
        InputError: The folder has no cache, or a damaged or unfinished one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        manifest, progress = read_json(self.path / "manifest.json"), read_json(self.path / "progress.json")
        try:
            self.names, self.made = list(map(str, manifest["names"])), dict(manifest["made"])
            self.unreadable = {str(name): str(reason) for name, reason in progress["unreadable"].items()}
            finished = progress["done"] == len(self.names)
            channels, size = int(self.made["channels"]), int(self.made["size"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{self.path} is damaged: {error}", fix="gcnlabel prepare-images ... --overwrite"
            ) from error
        if not finished:
            raise InputError(f"{self.path} is not finished", fix="repeat gcnlabel prepare-images, which continues it")
        self.images = CachedImages(self.path / "images.npy", (len(self.names), channels, size, size))

    def check_made_for(self, geometry: Geometry, channels: int) -> None:
        """Check that the images were resized with the settings of a config.

        Raises:
            InputError: A setting differs.
        """
        wanted = made_as(geometry, channels)
        for key, value in wanted.items():
            if self.made.get(key) != value:
                raise InputError(
                    f"data.{key} is {value!r}, and the cache was made with {self.made.get(key)!r}",
                    where=self.path,
                    fix="gcnlabel prepare-images with this config, to another folder",
                )


class CachedImages(LazyImages):
    """Images of a ``.npy`` file, which is mapped into memory for each batch.

    Args:
        path: The file, uint8 [N, C, H, W].
        shape: (N, C, H, W).

    Raises:
        InputError: The file is missing or has another shape or type.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int, int]) -> None:
        super().__init__(shape[0], shape[1:])
        self.path = path
        stored = self._stored()
        if stored.shape != shape or stored.dtype != np.uint8:
            raise InputError(
                f"{path} holds {stored.dtype} of shape {list(stored.shape)}", expected=f"uint8 {list(shape)}"
            )

    def _stored(self) -> npt.NDArray[np.uint8]:
        try:
            stored: npt.NDArray[np.uint8] = np.load(self.path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path} cannot be read: {error}", fix="gcnlabel prepare-images ...") from error
        return stored

    def _read(self, rows: Rows) -> npt.NDArray[np.uint8]:
        return np.array(self._stored()[rows])


def made_as(geometry: Geometry, channels: int) -> dict[str, Any]:
    """Return the settings of resizing in a manifest, by the names of the options of a config."""
    values = asdict(geometry)
    return {**values, "crop": "none" if geometry.crop is None else geometry.crop, "channels": channels}


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file of a cache.

    Raises:
        InputError: The file is missing or damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"no cache of images in {path.parent}", expected="what gcnlabel prepare-images writes"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged: {error}", fix="gcnlabel prepare-images to another folder") from error
    return content if isinstance(content, dict) else {}
