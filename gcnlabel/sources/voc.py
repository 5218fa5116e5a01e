"""PASCAL VOC's image sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Tag

from gcnlabel.annotations import Annotations, read_voc
from gcnlabel.settings import BY_FORM, EACH, ONE
from gcnlabel.sources.source import SOURCES
from gcnlabel.sources.splits import PARTS, Splits
from gcnlabel.sources.tagged_images import TaggedImages

Difficult = Literal["unknown", "negative", "positive"]
DifficultBySet = Annotated[Annotated[Difficult, Tag(ONE)] | Annotated[dict[str, Difficult], Tag(EACH)], BY_FORM]


@SOURCES.register("voc")
class Voc(TaggedImages):
    """PASCAL VOC's image sets, ``ImageSets/Main/<class>_<set>.txt``; the splits are named after the sets.

    Attributes:
        path: Folder of one year, e.g. VOCdevkit/VOC2007.
        images: Folder of the images (.jpg); null for JPEGImages in ``path``.
        difficult: Treatment of difficult objects, for all sets or per set: unknown, negative or positive.
        unknown: Treatment of unknown classes in F1 and CP .. OF1: negative, as in ML-GCN's code, or left-out.
    """

    ids_lack: ClassVar[str] = ".jpg"

    source: Literal["voc"]
    splits: Splits = Splits(train="trainval", val=None)
    path: str
    images: str | None = None
    difficult: DifficultBySet = "unknown"
    unknown: Literal["left-out", "negative"] = "negative"

    def tags(self) -> Annotations:
        """Return the tags, without the images."""
        sets = [name for part in PARTS if (name := getattr(self.splits, part)) is not None]
        return read_voc(self.path, sets, task_name=self.task, difficult=self.difficult, unknown=self.unknown)

    def paths(self, annotations: Annotations) -> tuple[Path, list[str]]:
        """Return the folder of the images, and the path of each relative to it."""
        ids = [] if annotations.ids is None else annotations.ids.tolist()
        return self.image_folders[0], [f"{image}{self.ids_lack}" for image in ids]

    @property
    def image_folders(self) -> list[Path]:
        """The folder of the images."""
        return [Path(self.images or Path(self.path) / "JPEGImages")]
