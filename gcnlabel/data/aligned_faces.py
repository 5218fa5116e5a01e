"""Faces of original pictures, aligned when they are asked for: training without a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from gcnlabel.annotations.face_annotations import FaceAnnotations
from gcnlabel.data.alignment import Images, Placement, place_face, warp_faces
from gcnlabel.data.images import inside
from gcnlabel.data.lazy_images import LazyImages, Rows
from gcnlabel.data.samples import ArrayDataset, targets_to_tensors
from gcnlabel.errors import InputError

Floats = npt.NDArray[np.float64]


def read_faces(path: Path, boxes: Floats, eyes: Floats, size: int, channels: int = 3) -> tuple[Images, list[Placement]]:
    """Return the aligned faces of one image file, which is decoded once, and where they stood in it.

    Args:
        path: The image.
        boxes: Box of each of its faces, [K, 4].
        eyes: Eye centres of each, [K, 2, 2].
        size: Width and height to bring them to.
        channels: 1 for grey, 3 for colour.

    Returns:
        Faces uint8 [K, channels, size, size], and K placements.

    Raises:
        InputError: The image is missing, truncated or no image, or a box is empty.
    """
    with _opened(path) as image:
        placements = [place_face(image.size, box, pair) for box, pair in zip(boxes, eyes, strict=True)]
        return warp_faces(image, placements, size, channels).transpose(0, 3, 1, 2), placements


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path) as image:
            yield image
    except FileNotFoundError as error:
        raise InputError(f"image not found: {path}") from error
    except InputError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"image {path} cannot be read: {error}", fix="mend it, or remove its row") from error


class OriginalImages(LazyImages):
    """The faces of a data set, decoded and aligned when they are indexed.

    Args:
        faces: Which faces, and where their pictures are.
        size: Width and height to bring them to.
        channels: 1 for grey, 3 for colour.
    """

    def __init__(self, faces: FaceAnnotations, size: int, channels: int = 3) -> None:
        super().__init__(len(faces), (channels, size, size))
        self.faces = faces

    def _read(self, rows: Rows) -> Images:
        channels, size, _ = self.image_shape
        images = np.empty((len(rows), *self.image_shape), dtype=np.uint8)
        for image, row in zip(images, rows, strict=True):
            path = inside(self.faces.root, str(self.faces.annotations.ids[row]))  # type: ignore[index]
            image[:] = read_faces(path, self.faces.boxes[[row]], self.faces.eyes[[row]], size, channels)[0][0]
        return images


class AlignedFaces(ArrayDataset):
    """Aligned faces and their targets, straight from the original pictures.

    ``gcnlabel prepare`` does the same once for all epochs, and lists the images that cannot be read; here such an image
    stops the training.

    Args:
        faces: What is annotated, and where each face stands.
        size: Width and height to bring them to.
        channels: 1 for grey, 3 for colour.
        transform: Applied to batches, e.g. a :class:`~gcnlabel.data.BatchAugmentation`.
    """

    def __init__(
        self,
        faces: FaceAnnotations,
        size: int,
        channels: int = 3,
        transform: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.annotations = faces.annotations
        self.images = OriginalImages(faces, size, channels)
        super().__init__(self.images, targets_to_tensors(faces.annotations), transform)
