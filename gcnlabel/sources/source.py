"""What is asked of a data source, with answers that suit features whose tasks the config declares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from PIL.Image import Image as Picture
from pydantic import Field, model_validator

from gcnlabel.annotations import Annotations, stratified_split
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.data import load_features, load_images
from gcnlabel.errors import InputError
from gcnlabel.registry import Registry
from gcnlabel.settings import Section
from gcnlabel.sources.part import Part
from gcnlabel.sources.splits import Rows, Splits, named_rows
from gcnlabel.tasks import TaskSet

Image = npt.NDArray[np.uint8]
FEATURE_FILES = (".npy", ".npz", ".safetensors", ".arff")
"""How files of features end."""


class DataSource(Section):
    """Where the data of a run comes from, whose splits have names.

    A source of one's own is a subclass with a method :meth:`read` and its settings as fields; a config names it by
    ``data: {source: my_module:MySource, ...}``. What it reads is images where it has an :attr:`image_shape`, else
    features.

    Attributes:
        source: Name of the source.
        splits: Which of its splits are trained on, selected on and reported.
    """

    note: ClassVar[str | None] = None
    """What every report on such data must say."""
    ids_lack: ClassVar[str] = ""
    """How image files end whose ids have no ending."""

    source: str
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _suitable_splits(self) -> DataSource:
        if self.splits.fractions is not None:
            raise ValueError("splits by fractions: this source has published splits, which are named")
        return self

    def read(self, tasks: TaskSet | None) -> tuple[Part, RowReport]:
        """Return all samples, before they are split, and what became of every row; no report where all are used.

        Args:
            tasks: The tasks that the config declares, if it does.

        Raises:
            InputError: A file cannot be used.
        """
        raise InputError(f"data source {self.source!r} does not say how it is read", expected="a method read(tasks)")

    def known_tasks(self) -> TaskSet | None:
        """Return the tasks, where they are known without a look at the data."""
        return None

    def read_tasks(self) -> TaskSet:
        """Return the tasks that the data name, where a config declares none.

        Raises:
            InputError: A file cannot be used.
        """
        return self.read(None)[0].annotations.tasks

    @property
    def new_inputs(self) -> tuple[str, tuple[str, ...]]:
        """What new inputs are, and how their files end, where they are no images."""
        return "features", FEATURE_FILES

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return new features [N, D] of a file, as these data have them.

        Raises:
            InputError: The file cannot be used.
        """
        if Path(path).suffix.lower() == ".arff":
            raise InputError(f"{path}: this run was not trained on ARFF files", expected=".npy, .npz or .safetensors")
        return load_features(path)

    @property
    def encoder(self) -> dict[str, Any] | None:
        """What made the features, as ``gcnlabel features`` records it beside their file; None where nothing says it."""
        return None

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images, None for features."""
        return None

    @property
    def geometry(self) -> tuple[str, str] | None:
        """How images are brought to size, in a few words and exactly; None where whole pictures are stretched."""
        return None

    @property
    def image_folders(self) -> list[Path]:
        """Folders that the ids of images start from, the innermost first; they need not be there."""
        return []

    def read_image(self, path: Path) -> Image:
        """Return a new image uint8 [C, H, W], in the size and channels of these.

        Raises:
            InputError: It is no image, is truncated, or has more than 8 bits a channel.
        """
        channels, size, _ = self.image_shape or (0, 0, 0)
        return np.asarray(load_images(path.parent, [path.name], size=size, channels=channels)[0])

    def split_rows(self, annotations: Annotations, seed: int) -> dict[str, Rows]:
        """Return the rows of ``train``, ``val`` and ``test``.

        Args:
            annotations: All samples.
            seed: Seed of the share that is held out where no split is for selecting.

        Raises:
            InputError: A split is not there, or one would have no sample.
        """
        rows = named_rows(annotations, self.splits, seed)
        for part, of_part in rows.items():
            if len(of_part) == 0:
                raise InputError(f"the {part} split has no sample", expected="at least one")
        return rows

    @property
    def split_note(self) -> str | None:
        """What every report on a drawn split must say, None where splits have names."""
        return None


class Divided(DataSource):
    """A source whose splits have names, or are drawn.

    Attributes:
        splits: The splits.
        split_seed: Seed of a split by fractions; another than ``seed``, so that all seeds share one split.
    """

    split_seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _suitable_splits(self) -> Divided:
        if self.split_seed and self.splits.fractions is None:
            raise ValueError("split_seed has no effect: splits have names; it is for fractions")
        return self

    def split_rows(self, annotations: Annotations, seed: int) -> dict[str, Rows]:
        """Return the rows of ``train``, ``val`` and ``test``: stratified over labels where they are drawn."""
        fractions = self.splits.fractions
        if fractions is None:
            return super().split_rows(annotations, seed)
        return stratified_split(annotations, fractions, self.split_seed)

    @property
    def split_note(self) -> str | None:
        """What every report on a drawn split must say, None where splits have names."""
        if self.splits.fractions is None:
            return None
        parts = ", ".join(f"{part} {share:g}" for part, share in self.splits.fractions.items())
        return f"split drawn by data.splits ({parts}; split_seed {self.split_seed}), stratified over labels"


class Place(Protocol):
    """Where in an image stands what is predicted; a wing may know how to read such places."""

    def read_image(self, path: Path, data: DataSource) -> Image:
        """Return what stands there, uint8 [C, H, W], as the images of the data are."""

    def cut_out(self, picture: Picture, data: DataSource) -> Image:
        """Return what stands there in an upright picture, uint8 [C, H, W], as the images of the data are."""


class _Sources(Registry):
    def settings(self, name: str) -> type[Section]:
        found = super().settings(name)
        if not issubclass(found, DataSource):
            raise InputError(f"{name!r} is no data source", expected="a subclass of gcnlabel.sources.DataSource")
        return found


SOURCES = _Sources("data source", "gcnlabel.sources", key="source")
"""The data sources by name."""
