"""What the manifest of a cache of aligned faces says, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gcnlabel.annotations.row_report import RowReport
from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import CENTRE

FORMAT = "gcnlabel aligned faces 1"
MAX_SIZE = 2**14
Count = Annotated[int, Field(ge=0, le=2**40, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Job(_Part):
    """What a cache is made of, and how.

    Attributes:
        source: Name of the data set.
        size: Width and height of the faces.
        channels: 1 or 3.
        alignment: What boxes turn about; caches of before it could be said have the default.
        upright: Whether pictures were turned as their EXIF data say; false for caches of before that was done.
        shard_faces: Faces of a shard.
        faces: Faces of all.
        fingerprint: Digest of the annotations.
    """

    source: str
    size: Annotated[int, Field(gt=0, le=MAX_SIZE, strict=True)]
    channels: Literal[1, 3]
    alignment: str = CENTRE
    upright: bool = False
    shard_faces: Count
    faces: Count
    fingerprint: str


class RowEntry(_Part):
    """One count of ``rows``, as :class:`~gcnlabel.annotations.row_report.RowCount`."""

    split: str
    what: str
    reason: str
    count: Count
    first: str = ""
    detail: str = ""


class Manifest(_Part):
    """The whole file; ``tasks`` and ``shards`` are there when it is finished.

    Attributes:
        format: Which kind of file this is.
        finished: Whether the cache is whole.
        job: What it is made of.
        root: Folder of the pictures.
        tasks: Tasks as plain values.
        shards: Number of faces in each shard.
        counts: Number of faces by reason.
        rows: What became of every row; caches of before it was kept have none.
        unreadable: Name of each picture that could not be read, and why.
    """

    format: Literal["gcnlabel aligned faces 1"]
    finished: bool = False
    job: Job
    root: str = ""
    tasks: dict[str, Any] = Field(default={})
    shards: list[Count] = Field(default=[])
    counts: dict[str, Any] = Field(default={})
    rows: list[RowEntry] = Field(default=[])
    unreadable: list[tuple[str, str]] = Field(default=[])

    def report(self) -> RowReport:
        """Return what became of every row."""
        return RowReport.from_plain(entry.model_dump() for entry in self.rows)


def checked_manifest(content: Any, path: Path) -> Manifest:
    """Return the manifest of plain values.

    Raises:
        InputError: They are no manifest, or a value cannot be.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT or "job" not in content:
        raise InputError(f"{path} is no manifest of aligned faces", expected=f"format: {FORMAT}")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{path} is damaged: {key}: {first['msg']}", fix="prepare it anew in another folder") from None
