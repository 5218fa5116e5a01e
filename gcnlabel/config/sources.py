"""Where the data of a run comes from: one section for each source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from gcnlabel.config.section import Section


class Splits(Section):
    """Which split of the annotations plays which part.

    Attributes:
        train: Split that is trained on and that the graph is measured on.
        val: Split for selecting, or None: then ``holdout`` of the training split is taken, at random by the seed.
        test: Split that is reported.
        holdout: Share of the training split held out when there is no ``val``.
    """

    train: str = "train"
    val: str | None = "val"
    test: str = "test"
    holdout: Annotated[float, Field(gt=0, lt=1)] = 0.15


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


class Table(Section):
    """A CSV or Parquet table of annotations, with features or images beside it.

    Attributes:
        annotations: The table.
        features: Array of features [N, D] in the row order of the table (.npy, .npz, .safetensors).
        images: Folder that the table's ``id_column`` names images in.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
        delimiter: What stands between the cells of a text file, None to see it; " " stands for any spaces.
        names: Names of the columns of a text file without a header.
        decimal: Decimal mark of numbers that are written as text.
        long: Columns of a table with a row for each pair of a sample and a label, None for a row a sample.
    """

    source: Literal["table"]
    annotations: str
    features: str | None = None
    images: str | None = None
    size: PositiveInt = 64
    channels: Literal[1, 3] = 3
    split_column: str | None = "split"
    id_column: str | None = None
    missing: list[str] = Field(default=[])
    delimiter: str | None = None
    names: list[str] = Field(default=[])
    decimal: Literal[".", ","] = "."
    long: LongForm | None = None
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _of_images_alone(self) -> Table:
        fields = type(self).model_fields
        idle = [name for name in ("size", "channels") if getattr(self, name) != fields[name].default]
        if self.images is None and idle:
            raise ValueError(f"{', '.join(idle)} without images, where they have no effect")
        return self


class Arff(Section):
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


class Faces(Section):
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


Source = Annotated[SyntheticFaces | Table | Arff | Faces, Field(discriminator="source")]
