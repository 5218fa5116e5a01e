"""Find image files, and read them like the images of a run's data."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.files import IMAGE_SUFFIXES, visible_files
from gcnlabel.prediction.image_names import named_images
from gcnlabel.sources import DataSource
from gcnlabel.sources.source import FEATURE_FILES, Image, Place


def find_images(source: str | Path, config: Config | None = None, ids: Collection[str] = ()) -> dict[str, Path]:
    """Return name -> path of an image, or of all images below a folder, sorted by their path.

    A name is the path relative to the folder, with forward slashes, or the image's id in the run's data, see
    :func:`~gcnlabel.prediction.image_names.named_images`. Hidden files and folders are skipped.

    Args:
        source: The image or folder.
        config: Config of a run, for the ids of its images.
        ids: Names in a table of places.

    Raises:
        InputError: There is no such file or folder, it has no images, or it is a file of features.
    """
    source = Path(source)
    if source.suffix.lower() in FEATURE_FILES:
        raise InputError(
            f"{source} is a file of features, which cannot be annotated",
            expected="an image or a folder of images",
            fix="omit --annotate; --output writes the predictions of all rows",
        )
    if not source.exists():
        raise InputError(
            f"image or folder not found: {source}", fix="check the path; relative paths start at the current folder"
        )
    folders = [] if config is None else [folder.resolve() for folder in config.data.image_folders if folder.is_dir()]
    drop = "" if config is None else config.data.ids_lack
    if not source.is_dir():
        return named_images({source.name: source}, source.parent, folders, ids, drop)
    found = {path.as_posix(): source / path for path in visible_files(source, IMAGE_SUFFIXES)}
    if not found:
        raise InputError(f"no image in {source}", expected=f"files that end in {' '.join(IMAGE_SUFFIXES)}")
    return named_images(found, source, folders, ids, drop)


def read_image(path: Path, data: DataSource, place: Place | None = None) -> Image:
    """Return an image uint8 [C, H, W] with the size and channels of a run's data.

    Args:
        path: The image.
        data: The data of the run.
        place: Region of the image to predict, e.g. a face; None for the whole image.

    Raises:
        InputError: It is not an image, is truncated, has more than 8 bits per channel, or its region is invalid.
    """
    path = path.resolve()
    try:
        return data.read_image(path) if place is None else place.read_image(path, data)
    except InputError as error:
        raise InputError(first_line(error), fix="repair or remove it") from error


def first_line(error: InputError) -> str:
    """Return the first line of an error message, without the advice.

    Example:
        >>> first_line(InputError("no image", fix="give one"))
        'no image'
    """
    return str(error).partition("\n")[0]
