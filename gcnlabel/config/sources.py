"""Where the data of a run comes from: one section for each source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, Tag, model_validator

from gcnlabel.config.section import BY_FORM, EACH, ONE, Section, TextOrTexts
from gcnlabel.config.splits import Divided, Published, Splits

Difficult = Literal["unknown", "negative", "positive"]
DifficultBySet = Annotated[Annotated[Difficult, Tag(ONE)] | Annotated[dict[str, Difficult], Tag(EACH)], BY_FORM]


class SyntheticFaces(Section):
    """The bundled synthetic faces, drawn when they are needed."""

    source: Literal["synthetic-faces"]
    train: PositiveInt = 4000
    val: PositiveInt = 1000
    test: PositiveInt = 2000
    seed: int = 0


class Table(Divided):
    """A CSV or Parquet table of annotations, with features or images beside it.

    Attributes:
        annotations: The table.
        features: Array of features [N, D] in the row order of the table (.npy, .npz, .safetensors).
        images: Folder that the table's ``id_column`` names images in.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
        split_column: Column that names each row's split; not looked at where ``splits`` are fractions.
        group_column: Column that names each row's group (a person, a video), which is never divided where a split is
            drawn: by fractions, or to hold out a share of the training split.
    """

    source: Literal["table"]
    annotations: str
    features: str | None = None
    images: str | None = None
    size: PositiveInt = 64
    channels: Literal[1, 3] = 3
    split_column: str | None = "split"
    id_column: str | None = None
    group_column: str | None = None
    missing: list[str] = Field(default=[])
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _groups_are_drawn(self) -> Table:
        if self.group_column is not None and self.splits.fractions is None and self.splits.val is not None:
            raise ValueError("group_column has no effect: it is for splits by fractions, or for val: null")
        return self


class Arff(Divided):
    """Mulan or MEKA files, one for each split.

    Attributes:
        files: Name of the split -> file.
        xml: Mulan's file that names the labels.
        task: Name of the multi-label task.
    """

    source: Literal["arff"]
    files: dict[str, str]
    xml: str | None = None
    task: str = "labels"
    splits: Splits = Splits(val=None)


class Coco(Divided):
    """COCO's files of instances: which categories each image shows.

    Attributes:
        files: Name of the split -> its ``instances_*.json``.
        images: Folder of the images, or name of the split -> its folder.
        task: Name of the multi-label task.
        empty_images: What an image without an annotation is: all negative, or left out as in ML-GCN's code.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
        splits: COCO's test images have no public annotations, and results are reported on "val".
    """

    source: Literal["coco"]
    files: dict[str, str]
    images: TextOrTexts
    task: str = "objects"
    empty_images: Literal["negative", "left-out"] = "negative"
    size: PositiveInt = 448
    channels: Literal[1, 3] = 3
    splits: Splits = Splits(val=None, test="val")


class Voc(Published):
    """PASCAL VOC's lists of classes, ``ImageSets/Main/<class>_<set>.txt``; the names of splits are those of its sets.

    Attributes:
        path: Folder of one year, e.g. VOCdevkit/VOC2007.
        images: Folder of the images (.jpg); None for JPEGImages in ``path``.
        task: Name of the multi-label task.
        difficult: What a difficult class is, of all sets or of each: unknown, negative or positive.
        unknown: What an unknown class counts as in F1 and CP .. OF1: negative, as in ML-GCN's code, or left out.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
    """

    source: Literal["voc"]
    path: str
    images: str | None = None
    task: str = "objects"
    difficult: DifficultBySet = "unknown"
    unknown: Literal["left-out", "negative"] = "negative"
    size: PositiveInt = 448
    channels: Literal[1, 3] = 3
    splits: Splits = Splits(train="trainval", val=None)


class Faces(Published):
    """A data set of faces: its folder as it was released, or the cache that ``gcnlabel prepare`` made of it.

    Attributes:
        path: The folder.
        size: Width and height that faces are brought to.
        channels: 1 for grey, 3 for colour.
        classes: 7 expressions, or 8 (AffectNet's contempt, Aff-Wild2's other).
        complete_only: Leave out the faces without all labels, as Emotion-GCN did, instead of masking what is missing.
        splits: AffectNet and Aff-Wild2 have published "train" and "val" alone, and results are reported on "val".
    """

    source: Literal["affectnet", "aff-wild2", "emotic"]
    path: str
    size: PositiveInt = 227
    channels: Literal[1, 3] = 3
    classes: Literal[7, 8] = 7
    complete_only: bool = False
    splits: Splits = Splits(val=None, test="val")


Source = Annotated[SyntheticFaces | Table | Arff | Coco | Voc | Faces, Field(discriminator="source")]
