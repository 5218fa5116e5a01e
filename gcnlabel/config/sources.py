"""Where the data of a run comes from: one section for each source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from gcnlabel.config.section import Section, Share

Alignment = Literal["centre", "emotion-gcn-code"]


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


class Table(Section):
    """A CSV or Parquet table of annotations, with features or images beside it.

    Attributes:
        annotations: The table.
        features: Array of features [N, D] in the row order of the table (.npy, .npz, .safetensors).
        images: Folder that the table's ``id_column`` names images in.
        size: Width and height that images are brought to.
        channels: 1 for grey, 3 for colour.
        alignment: How ``predict --faces`` crops the face that a box names; null for ``centre``.
        allow_missing: Share of a split's images that may be missing or unreadable; null for 0.01.
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
    missing: list[str] = Field(default=[])
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _of_images(self) -> Table:
        given = [name for name in ("alignment", "allow_missing") if getattr(self, name) is not None]
        if self.images is None and given:
            raise ValueError(f"{given[0]} is about images, and data.images names none")
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
        alignment: What a face's box turns about where the head is turned: ``centre``, its centre; ``emotion-gcn-code``,
            its corner, as in the published code (:mod:`gcnlabel.data.alignment`). AffectNet alone has boxes and eyes.
        allow_missing: Share of a split's images that may be missing or unreadable, and of all codes that may be
            undeclared; more is an error.
        complete_only: Leave out the faces without all labels, as Emotion-GCN did, instead of masking what is missing.
        splits: AffectNet and Aff-Wild2 have published "train" and "val" alone, and results are reported on "val".
    """

    source: Literal["affectnet", "aff-wild2", "emotic"]
    path: str
    size: PositiveInt = 227
    channels: Literal[1, 3] = 3
    alignment: Alignment = "centre"
    allow_missing: Share = 0.01
    classes: Literal[7, 8] = 7
    complete_only: bool = False
    splits: Splits = Splits(val=None, test="val")

    @model_validator(mode="after")
    def _with_eyes(self) -> Faces:
        if self.alignment != "centre" and self.source != "affectnet":
            raise ValueError(f"alignment: {self.alignment} with {self.source}, which has no boxes of faces with eyes")
        return self


Source = Annotated[SyntheticFaces | Table | Arff | Faces, Field(discriminator="source")]
