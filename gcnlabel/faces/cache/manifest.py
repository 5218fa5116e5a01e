"""The manifest of a cache of aligned faces, with validation."""

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


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Job(_Record):
    """Inputs and settings of a cache.

    Attributes:
        source: Name of the data set.
        size: Height and width of the faces.
        channels: 1 or 3.
        alignment: Point that boxes were rotated about; the default for caches of earlier versions.
        upright: Whether images were rotated by their EXIF orientation; false for caches of earlier versions.
        shard_faces: Number of faces per shard.
        faces: Number of all faces.
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


class RowEntry(_Record):
    """One entry of ``rows``, see :class:`~gcnlabel.annotations.row_report.RowCount`."""

    split: str
    what: str
    reason: str
    count: Count
    first: str = ""
    detail: str = ""


class Manifest(_Record):
    """The content of a manifest; ``tasks`` and ``shards`` are only in finished ones.

    Attributes:
        format: Format name and version.
        finished: Whether the cache is complete.
        job: Inputs and settings.
        root: Folder of the images.
        tasks: Tasks as plain values.
        shards: Number of faces in each shard.
        counts: Number of faces by reason.
        rows: Report on all rows; empty for caches of earlier versions.
        unreadable: (name, reason) of each unreadable image.
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
        """Return the report on used and dropped rows."""
        return RowReport.from_plain(entry.model_dump() for entry in self.rows)


def checked_manifest(content: Any, path: Path) -> Manifest:
    """Return the manifest from plain values.

    Raises:
        InputError: They are not a manifest, or a value is invalid.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT or "job" not in content:
        raise InputError(f"{path} is not a manifest of aligned faces", expected=f"format: {FORMAT}")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{path} is damaged: {key}: {first['msg']}", fix="prepare again in another folder") from None
