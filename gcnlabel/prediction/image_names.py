"""Names of images in predictions, equal to their ids in the run's table so that both can be joined."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path


def named_images(
    files: Mapping[str, Path], place: Path, folders: Collection[Path] = (), ids: Collection[str] = (), drop: str = ""
) -> dict[str, Path]:
    """Return name -> path of images.

    Args:
        files: Path relative to a folder -> path.
        place: That folder.
        folders: Folders that the ids of the run's data are relative to; if one contains ``place``, images are named by
            their path relative to the first that does.
        drop: Suffix that the ids lack, e.g. VOC's.
        ids: Names in a table of places; an image whose path ends in one of them gets that name.

    Example:
        >>> files = {"1.jpg": Path("/data/photos/1.jpg")}
        >>> list(named_images(files, Path("/data/photos"), [Path("/data")]))
        ['photos/1.jpg']
    """
    inner = place.resolve()
    folder = next((folder for folder in folders if inner.is_relative_to(folder)), None)
    inside = Path() if folder is None else inner.relative_to(folder)
    names = {key: (inside / key).as_posix().removesuffix("" if folder is None else drop) for key in files}
    free = set(ids) - set(names.values())
    tails = ["/".join(inner.parts[-length:]) for length in range(1, len(inner.parts))]
    ways: list[Callable[[str], str]] = [lambda key: key, *(lambda key, tail=tail: f"{tail}/{key}" for tail in tails)]
    for way in ways if free else []:
        for key in names:
            if way(key) in free:
                names[key] = way(key)
                free.discard(names[key])
    return {name: files[key] for key, name in names.items()}
