"""Faces of original images, aligned on demand, for training without a cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from gcnlabel.data.images import inside, opened
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.data.on_demand import Rows
from gcnlabel.data.samples import ArrayDataset, targets_to_tensors
from gcnlabel.data.upright import upright
from gcnlabel.faces.alignment import CENTRE, Images, Placement, place_face, warp_faces
from gcnlabel.faces.annotations import FaceAnnotations

Floats = npt.NDArray[np.float64]


def read_faces(
    path: Path, boxes: Floats, eyes: Floats, size: int, channels: int = 3, alignment: str = CENTRE
) -> tuple[Images, list[Placement]]:
    """Return the aligned faces of one image file, which is decoded once, and their placements.

    Args:
        path: The image.
        boxes: Face boxes, [K, 4].
        eyes: Eye centres, [K, 2, 2].
        size: Height and width of the aligned faces.
        channels: 1 for grey, 3 for colour.
        alignment: Point that boxes are rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.

    Returns:
        Faces uint8 [K, channels, size, size], and K placements.

    Raises:
        InputError: The image is missing, truncated or not an image, or a box is empty.
    """
    with opened(path) as image:
        picture = upright(image)
        placements = [place_face(picture.size, box, pair, alignment) for box, pair in zip(boxes, eyes, strict=True)]
        return warp_faces(picture, placements, size, channels), placements


class OriginalImages(LazyImages):
    """The faces of a data set, decoded and aligned when they are indexed.

    Args:
        faces: The faces.
        size: Height and width of the aligned faces.
        channels: 1 for grey, 3 for colour.
        alignment: Point that boxes are rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
    """

    def __init__(self, faces: FaceAnnotations, size: int, channels: int = 3, alignment: str = CENTRE) -> None:
        super().__init__(len(faces), (channels, size, size))
        self.faces, self.alignment = faces, alignment
        self._names = faces.paths()

    def path(self, row: int) -> Path:
        """Return the path of a face's image.

        Raises:
            InputError: It is outside of the folder of images.
        """
        return inside(self.faces.root, self._names[row])

    def _read(self, rows: Rows) -> Images:
        channels, size, _ = self.image_shape
        images = np.empty((len(rows), *self.image_shape), dtype=np.uint8)
        paths, boxes, eyes = [self.path(row) for row in rows], self.faces.boxes[rows, None], self.faces.eyes[rows, None]
        for image, path, box, pair in zip(images, paths, boxes, eyes, strict=True):
            image[:] = read_faces(path, box, pair, size, channels, self.alignment)[0][0]
        return images


class AlignedFaces(ArrayDataset):
    """Dataset of faces, aligned on demand from the original images, with their targets.

    ``gcnlabel prepare`` aligns faces once for all epochs and lists unreadable images, which raise an error here.

    Args:
        faces: The faces with their annotations.
        size: Height and width of the aligned faces.
        channels: 1 for grey, 3 for colour.
        transform: Transform of batches, e.g. a :class:`~gcnlabel.data.BatchAugmentation`.
        alignment: Point that boxes are rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
    """

    def __init__(
        self,
        faces: FaceAnnotations,
        size: int,
        channels: int = 3,
        transform: Callable[[Tensor], Tensor] | None = None,
        alignment: str = CENTRE,
    ) -> None:
        self.annotations = faces.annotations
        self.images = OriginalImages(faces, size, channels, alignment)
        super().__init__(self.images, targets_to_tensors(faces.annotations), transform)
