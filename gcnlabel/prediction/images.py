"""Image files -> what the network of a run takes, as the images of its data were brought there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.prediction.image_names import named_images
from gcnlabel.sources import DataSource
from gcnlabel.sources.source import FEATURE_FILES, Image, Place

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""What counts as an image in a folder; a file that is named itself may end in anything."""


def find_images(source: str | Path, config: Config | None = None, ids: Collection[str] = ()) -> dict[str, Path]:
    """Return name -> path of an image, or of all images below a folder, sorted by their path.

    A name is the path below the folder, with forward slashes, or what the run's data call the image: see
    :func:`~gcnlabel.prediction.image_names.named_images`. Files and folders whose names begin with a dot are left out.

    Args:
        source: The image or folder.
        config: Of a run, whose data may name the images.
        ids: Names in a table of places.

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
    folders = [] if config is None else [folder.resolve() for folder in config.data.image_folders if folder.is_dir()]
    drop = "" if config is None else config.data.ids_lack
    if not source.is_dir():
        return named_images({source.name: source}, source.parent, folders, ids, drop)
    inner = (path.relative_to(source) for path in source.rglob("*") if path.suffix.lower() in SUFFIXES)
    names = sorted(path for path in inner if not any(part.startswith(".") for part in path.parts))
    found = {path.as_posix(): source / path for path in names if (source / path).is_file()}
    if not found:
        raise InputError(f"no image in {source}", expected=f"files that end in {' '.join(SUFFIXES)}")
    return named_images(found, source, folders, ids, drop)


def read_image(path: Path, data: DataSource, place: Place | None = None) -> Image:
    """Return an image uint8 [C, H, W] in the size and channels of a run's data, brought there as theirs were.

    Args:
        path: The image.
        data: The data of the run.
        place: Where in the image stands what is predicted; None for the whole image.

    Raises:
        InputError: It is no image, is truncated, or has more than 8 bits a channel; or there is nothing at its place.
    """
    path = path.resolve()
    try:
        return data.read_image(path) if place is None else place.read_image(path, data)
    except InputError as error:
        raise InputError(first_line(error), fix="mend it, or leave it out") from error


def first_line(error: InputError) -> str:
    """Return what was wrong, without the advice.

    Example:
        >>> first_line(InputError("no image", fix="give one"))
        'no image'
    """
    return str(error).partition("\n")[0]
