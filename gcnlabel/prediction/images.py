"""Image files -> what the network of a run takes, as the images of its data were brought there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.config import Config
from gcnlabel.config.sources import Coco, Faces, SyntheticFaces, Table, Voc
from gcnlabel.data import load_images
from gcnlabel.errors import InputError
from gcnlabel.faces.aligned_faces import read_faces
from gcnlabel.faces.alignment import CENTRE
from gcnlabel.faces.places import WHOLE, FacePlace
from gcnlabel.faces.synthetic.renderer import SIZE
from gcnlabel.prediction.image_names import image_folders, named_images

FEATURE_FILES = (".npy", ".npz", ".safetensors", ".arff")
"""How files of features end."""

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""What counts as an image in a folder; a file that is named itself may end in anything."""


def find_images(source: str | Path, config: Config | None = None, ids: Collection[str] = ()) -> dict[str, Path]:
    """Return name -> path of an image, or of all images below a folder, sorted by their path.

    A name is the path below the folder, with forward slashes, or what the run's data call the image: see
    :func:`~gcnlabel.prediction.image_names.named_images`. Files and folders whose names begin with a dot are left out.

    Args:
        source: The image or folder.
        config: Of a run, whose data may name the images.
        ids: Names in a table of faces.

    Raises:
        InputError: There is no such file or folder, or no image in it; or it is a file of features.
    """
    source = Path(source)
    if source.suffix.lower() in FEATURE_FILES:
        raise InputError(
            f"{source} holds features, and there is no picture of them to show or annotate",
            expected="an image or a folder of images",
            fix="leave --annotate out; --output writes the predictions of every row",
        )
    if not source.exists():
        raise InputError(f"image or folder not found: {source}", fix="check the path; it is relative to where you are")
    folders = [] if config is None else image_folders(config)
    drop = ".jpg" if config is not None and isinstance(config.data, Voc) else ""
    if not source.is_dir():
        return named_images({source.name: source}, source.parent, folders, ids, drop)
    inner = (path.relative_to(source) for path in source.rglob("*") if path.suffix.lower() in SUFFIXES)
    names = sorted(path for path in inner if not any(part.startswith(".") for part in path.parts))
    found = {path.as_posix(): source / path for path in names if (source / path).is_file()}
    if not found:
        raise InputError(f"no image in {source}", expected=f"files that end in {' '.join(SUFFIXES)}")
    return named_images(found, source, folders, ids, drop)


def image_shape(config: Config) -> tuple[int, int, int] | None:
    """Return (C, H, W) of the images that a run takes, None where it takes features."""
    data = config.data
    if isinstance(data, SyntheticFaces):
        return (1, SIZE, SIZE)
    if isinstance(data, Faces | Coco | Voc) or (isinstance(data, Table) and data.images is not None):
        return (data.channels, data.size, data.size)
    return None


def read_image(
    path: Path, config: Config, place: FacePlace = WHOLE, alignment: str | None = None
) -> npt.NDArray[np.uint8]:
    """Return an image uint8 [C, H, W] in the size and channels of a run's data.

    It goes the way of the data that the run was trained on: a table's images are resized, faces warped. Where the face
    is known, it is aligned in either case.

    Args:
        path: The image.
        config: Of the run.
        place: Where its face stands.
        alignment: What a box turns about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`; None for the run's own.

    Raises:
        InputError: It is no image, is truncated, or has more than 8 bits a channel; or the box is empty.
    """
    channels, size, _ = image_shape(config) or (0, 0, 0)
    path = path.resolve()
    try:
        if isinstance(config.data, Faces) or place is not WHOLE:
            how = size, channels, alignment or alignment_of(config)
            return read_faces(path, place.box[None], place.eyes[None], *how)[0][0]
        image: Any = load_images(path.parent, [path.name], size=size, channels=channels)[0]
    except InputError as error:
        raise InputError(first_line(error), fix="mend it, or leave it out") from error
    return np.asarray(image)


def alignment_of(config: Config) -> str:
    """Return what boxes turn about in the data of a run."""
    return getattr(config.data, "alignment", None) or CENTRE


def first_line(error: InputError) -> str:
    """Return what was wrong, without the advice.

    Example:
        >>> first_line(InputError("no image", fix="give one"))
        'no image'
    """
    return str(error).partition("\n")[0]
