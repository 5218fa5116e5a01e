"""A CSV or Parquet table of annotations, with features, graphs, SMILES, texts or images."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from gcnlabel.annotations import Annotations, Layout, Long, read_table
from gcnlabel.annotations.row_report import ALLOWED, RowReport
from gcnlabel.data import Texts
from gcnlabel.data.feature_records import read_record
from gcnlabel.data.graph_files import GRAPH_FILES, load_graphs
from gcnlabel.errors import InputError
from gcnlabel.settings import Share
from gcnlabel.sources.columns import read_texts
from gcnlabel.sources.long_form import LongForm
from gcnlabel.sources.molecules import MOLECULE_FILES, read_molecules
from gcnlabel.sources.pictures import Pictures
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.tasks import TaskSet

INPUTS = ("features", "graphs", "smiles", "texts", "images")
TABLES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq")
"""Suffixes of tables of texts."""
Alignment = Literal["centre", "emotion-gcn-code"]
"""Point that the box of a face is rotated about."""


@SOURCES.register("table")
class Table(Pictures, Divided):
    """A CSV or Parquet table of annotations, with features, graphs, SMILES, texts or images.

    Attributes:
        annotations: The table.
        features: Array of features [N, D] in the row order of the table (.npy, .npz, .safetensors).
        graphs: File of graphs in the row order of the table: of ``gcnlabel.data.save_graphs`` (.safetensors), or of
            PyTorch Geometric's ``InMemoryDataset.save`` (.pt).
        smiles: Column of SMILES, which are converted to graphs of molecules (extra ``molecules``).
        texts: Column of texts (backbone ``text``).
        images: Folder that the image paths in ``id_column`` are relative to.
        alignment: How ``predict --faces`` crops the face in a box; null for ``centre``.
        allow_missing: Fraction of a split's images that may be missing or unreadable; null for 0.01.
        split_column: Column with each row's split; ignored if ``splits`` are fractions.
        id_column: Column with each row's id.
        group_column: Column with each row's group (a person, a video); random splits keep groups together.
        missing: Cell texts that mean "not annotated" in all columns, in addition to empty cells.
        delimiter: Delimiter of a text file, null to detect it; " " means any number of spaces.
        names: Column names of a text file without a header.
        decimal: Decimal mark of numbers in text files.
        quotes: Whether cells of a text file may be quoted; if false, quotes are plain characters.
        long: Columns of a table in long format (one row per sample and label); null for one row per sample.
    """

    source: Literal["table"]
    annotations: str
    features: str | None = None
    graphs: str | None = None
    smiles: str | None = None
    texts: str | None = None
    images: str | None = None
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

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, values: Any) -> Any:
        """Drop ``size``, which earlier versions wrote without images, where it has no effect."""
        idle = isinstance(values, dict) and values.get("images") is None and values.get("size") == cls.usual_size
        return {key: value for key, value in values.items() if key != "size"} if idle else values

    @model_validator(mode="after")
    def _of_images_alone(self) -> Table:
        fields = type(self).model_fields
        names = (*Pictures.model_fields, "alignment", "allow_missing")
        idle = [name for name in names if getattr(self, name) != fields[name].default]
        if self.images is None and idle:
            raise ValueError(f"{', '.join(idle)} have no effect without images")
        return self

    @model_validator(mode="after")
    def _groups_are_drawn(self) -> Table:
        if self.group_column is not None and self.splits.fractions is None and self.splits.val is not None:
            raise ValueError("group_column has no effect: it needs splits by fractions, or val: null")
        return self

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return all rows of the table, without those whose image cannot be read."""
        if self.images is not None:
            return self.load_pictures(tasks, ALLOWED if self.allow_missing is None else self.allow_missing)
        annotations = self._annotations(tasks)
        stored = self.features or self.graphs or self.annotations
        part = SampleSet(annotations, self.read_inputs(stored, tasks))
        return part, part.report()

    def listed(self, tasks: TaskSet | None) -> tuple[Path, list[str], Annotations]:
        """Return folder and path of each row's image, and the annotations."""
        annotations = self._annotations(tasks)
        if annotations.ids is None:
            raise InputError("data.images needs data.id_column", expected="the column that names each row's image")
        return Path(self.images or ""), annotations.ids.tolist(), annotations

    def _annotations(self, tasks: TaskSet | None) -> Annotations:
        if tasks is None:
            raise InputError("the config declares no tasks", expected="tasks: a file, or name: {type: ...} for each")
        self._check()
        return read_table(
            self.annotations,
            tasks,
            split_column=self.split_column if self.splits.fractions is None else None,
            id_column=self.id_column,
            group_column=self.group_column,
            missing=tuple(self.missing),
            layout=self._layout,
        )

    @property
    def split_note(self) -> str | None:
        """Note on random splits that every report must contain; None for named splits."""
        note = super().split_note
        groups = f", groups of {self.group_column!r} kept together"
        return note if note is None or self.group_column is None else note + groups

    @property
    def encoder(self) -> dict[str, Any] | None:
        """The record of the features' encoder; None if there is none."""
        return None if self.features is None else read_record(self.features)

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images; None for features."""
        return None if self.images is None else super().image_shape

    @property
    def image_folders(self) -> list[Path]:
        """The folder of the images."""
        return [] if self.images is None else [Path(self.images)]

    @property
    def _layout(self) -> Layout:
        long = None if self.long is None else Long(**self.long.model_dump())
        return Layout(self.delimiter, tuple(self.names), self.decimal, long, self.quotes)

    def _check(self) -> None:
        if Path(self.annotations).suffix.lower() == ".arff":
            fix = "data: {source: arff, files: {train: ..., test: ...}}"
            raise InputError(f"{self.annotations} is not a table", fix=fix)
        given = [name for name in INPUTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise InputError(
                f"data has {' and '.join(given) or 'no input'}",
                expected=f"one of {', '.join(f'data.{name}' for name in INPUTS)}",
            )
        column = next((name for name in ("smiles", "texts") if getattr(self, name) is not None), None)
        if column is not None and self.long is not None:
            raise InputError(f"data.{column} together with data.long", expected="a table with one row per sample")

    @property
    def new_inputs(self) -> tuple[str, tuple[str, ...]]:
        """Kind of new inputs that are not images, and the suffixes of their files."""
        if self.smiles is not None:
            return "molecules", MOLECULE_FILES
        if self.texts is not None:
            return "texts", TABLES
        return super().new_inputs if self.graphs is None else ("graphs", GRAPH_FILES)

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return features [N, D] of a file, or its graphs, or the molecules or texts of a table with the same column.

        Raises:
            InputError: The file is missing or invalid.
        """
        if self.graphs is not None:
            return load_graphs(path).graphs
        if self.smiles is not None:
            return read_molecules(path, self.smiles, self._layout)
        if self.texts is not None:
            return Texts(read_texts(path, self.texts, self._layout))
        return super().read_inputs(path, tasks)
