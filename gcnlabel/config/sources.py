"""Where the data of a run comes from: one section for each source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveInt, Tag, model_validator

from gcnlabel.config.splits import Divided, Published, Splits
from gcnlabel.faces.config import Alignment
from gcnlabel.faces.config import Faces as Faces
from gcnlabel.settings import BY_FORM, EACH, ONE, Section, Share, TextOrTexts

Difficult = Literal["unknown", "negative", "positive"]
DifficultBySet = Annotated[Annotated[Difficult, Tag(ONE)] | Annotated[dict[str, Difficult], Tag(EACH)], BY_FORM]


def _cell_text(value: object) -> object:
    """Return a value of YAML as the text of a cell."""
    if isinstance(value, bool):
        raise ValueError("YAML reads yes, no, on, off, true and false as truth values: put the value in quotes")
    return str(value) if isinstance(value, (int, float)) else value


CellText = Annotated[str, BeforeValidator(_cell_text)]


class SyntheticFaces(Section):
    """The bundled synthetic faces, drawn when they are needed."""

    source: Literal["synthetic-faces"]
    train: PositiveInt = 4000
    val: PositiveInt = 1000
    test: PositiveInt = 2000
    seed: int = 0


class LongForm(Section):
    """Columns of a table that has a row for each pair of a sample and a label.

    Attributes:
        sample: Column that names the sample.
        label: Column that names the label.
        value: Column of what is known of it.
    """

    sample: str
    label: str
    value: str


class Table(Divided):
    """A CSV or Parquet table of annotations, with features or images beside it.

    Attributes:
        annotations: The table.
        features: Array of features [N, D] in the row order of the table (.npy, .npz, .safetensors).
        images: Folder that the table's ``id_column`` names images in.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
        alignment: How ``predict --faces`` crops the face that a box names; null for ``centre``.
        allow_missing: Share of a split's images that may be missing or unreadable; null for 0.01.
        split_column: Column that names each row's split; not looked at where ``splits`` are fractions.
        group_column: Column that names each row's group (a person, a video), which is never divided where a split is
            drawn: by fractions, or to hold out a share of the training split.
        delimiter: What stands between the cells of a text file, None to see it; " " stands for any spaces.
        names: Names of the columns of a text file without a header.
        decimal: Decimal mark of numbers that are written as text.
        quotes: Whether cells of a text file may stand between quotes; else quotes are characters like others.
        long: Columns of a table with a row for each pair of a sample and a label, None for a row a sample.
    """

    source: Literal["table"]
    annotations: str
    features: str | None = None
    images: str | None = None
    size: PositiveInt = 64
    channels: Literal[1, 3] = 3
    split_column: str | None = "split"
    alignment: Alignment | None = None
    allow_missing: Share | None = None
    id_column: str | None = None
    group_column: str | None = None
    missing: list[str] = Field(default=[])
    delimiter: str | None = None
    names: list[str] = Field(default=[])
    decimal: Literal[".", ","] = "."
    quotes: bool = True
    long: LongForm | None = None
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _of_images_alone(self) -> Table:
        fields = type(self).model_fields
        names = ("size", "channels", "alignment", "allow_missing")
        idle = [name for name in names if getattr(self, name) != fields[name].default]
        if self.images is None and idle:
            raise ValueError(f"{', '.join(idle)} without images, where they have no effect")
        return self

    @model_validator(mode="after")
    def _groups_are_drawn(self) -> Table:
        if self.group_column is not None and self.splits.fractions is None and self.splits.val is not None:
            raise ValueError("group_column has no effect: it is for splits by fractions, or for val: null")
        return self


class Arff(Divided):
    """Mulan or MEKA files, one for each split; the config's ``tasks`` may say which labels are no tags.

    Attributes:
        files: Name of the split -> file; features are matched to those of the first.
        xml: Mulan's file that names the labels.
        task: Name of the multi-label task, where no tasks are declared; None for "labels".
        present: Tag -> its value that means present, where its values do not say it.
    """

    source: Literal["arff"]
    files: dict[str, str]
    xml: str | None = None
    task: str | None = None
    present: dict[str, CellText] = Field(default={})
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
        allow_missing: Share of a split's images that may be missing or unreadable; more is an error.
        splits: COCO's test images have no public annotations, and results are reported on "val".
    """

    source: Literal["coco"]
    files: dict[str, str]
    images: TextOrTexts
    task: str = "objects"
    empty_images: Literal["negative", "left-out"] = "negative"
    size: PositiveInt = 448
    channels: Literal[1, 3] = 3
    allow_missing: Share = 0.01
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
        allow_missing: Share of a split's images that may be missing or unreadable; more is an error.
    """

    source: Literal["voc"]
    path: str
    images: str | None = None
    task: str = "objects"
    difficult: DifficultBySet = "unknown"
    unknown: Literal["left-out", "negative"] = "negative"
    size: PositiveInt = 448
    channels: Literal[1, 3] = 3
    allow_missing: Share = 0.01
    splits: Splits = Splits(train="trainval", val=None)


Source = Annotated[SyntheticFaces | Table | Arff | Coco | Voc | Faces, Field(discriminator="source")]
