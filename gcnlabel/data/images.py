"""Read image files into one array, or on demand if they do not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.geometry import Geometry
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.data.on_demand import Rows
from gcnlabel.data.upright import upright
from gcnlabel.errors import InputError

MAX_IN_MEMORY = 2**30
"""Default size in bytes above which decoded images are not kept in memory."""


class ImageFiles(LazyImages):
    """Image files that are decoded, rotated by EXIF orientation and resized with antialiasing when indexed.

    Args:
        root: Folder that the names are relative to.
        names: Path of each image below it.
        size: Width and height to stretch them to, or a :class:`Geometry`.
        channels: 1 for grey, 3 for colour.

    Raises:
        InputError: There is no such folder, or a path is outside of it; when indexed, an image is missing, truncated,
            not an image, or has more than 8 bits per channel.
    """

    def __init__(self, root: str | Path, names: Sequence[str], *, size: int | Geometry, channels: int = 3) -> None:
        self.geometry = size if isinstance(size, Geometry) else Geometry(size)
        super().__init__(len(names), (channels, self.geometry.size, self.geometry.size))
        root = Path(root)
        if not root.is_dir():
            raise InputError(f"folder of images not found: {root}")
        self.paths = [inside(root, name) for name in names]

    @property
    def decoded_size(self) -> int:
        """Bytes of all images, decoded."""
        return int(np.prod(self.shape, dtype=np.int64))

    def _read(self, rows: Rows) -> npt.NDArray[np.uint8]:
        mode = "L" if self.image_shape[0] == 1 else "RGB"
        images = np.empty((len(rows), *self.image_shape), dtype=np.uint8)
        for image, row in zip(images, rows, strict=True):
            image[:] = _load(self.paths[row], self.geometry, mode)
        return images


def load_images(
    root: str | Path, names: Sequence[str], *, size: int | Geometry, channels: int = 3
) -> npt.NDArray[np.uint8] | ImageFiles:
    """Return images uint8 [N, channels, size, size]: an array, or :class:`ImageFiles` above 1 GiB.

    Raises:
        InputError: As :class:`ImageFiles`.
    """
    images = ImageFiles(root, names, size=size, channels=channels)
    return images[:] if images.decoded_size <= MAX_IN_MEMORY else images


def inside(root: Path, name: str) -> Path:
    """Return the path of a file below a folder.

    Raises:
        InputError: The path is invalid, or outside of the folder (absolute, or by ``..`` or a link).
    """
    try:
        path = root / name
        if path.resolve().is_relative_to(root.resolve()):
            return path
    except (ValueError, OSError, RuntimeError) as error:
        raise InputError(f"invalid image path {name!r}: {error}", expected=f"a path below {root}") from error
    raise InputError(f"the image path {name!r} is outside of {root}", expected="a path below the folder of images")


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """Open an image; errors of opening and decoding it in the ``with`` block become one InputError.

    Raises:
        InputError: It is missing, truncated, too large or not an image.
    """
    try:
        with Image.open(path) as image:
            yield image
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"image not found: {path}", fix="check the folder of images and the names in it") from error
    except Exception as error:  # Pillow's decoders raise errors of many types on damaged files
        raise InputError(f"image {path} cannot be read: {error}", fix="repair it, or remove its row") from error


def _load(path: Path, geometry: Geometry, mode: str) -> npt.NDArray[np.uint8]:
    with opened(path) as image:
        if image.mode[0] in "IF":  # Pillow would clip values above 255
            raise InputError(f"image {path} has more than 8 bits per channel", expected="8", fix="scale it to 8 bits")
        scaled = geometry.bring(upright(image).convert(mode))
    array = np.asarray(scaled, dtype=np.uint8)
    return array[None] if mode == "L" else array.transpose(2, 0, 1)
