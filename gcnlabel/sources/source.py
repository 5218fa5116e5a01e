"""Base classes of data sources; the defaults are for features with tasks declared in the config."""

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
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.splits import Rows, Splits, named_rows
from gcnlabel.tasks import TaskSet

Image = npt.NDArray[np.uint8]
FEATURE_FILES = (".npy", ".npz", ".safetensors", ".arff")
"""Suffixes of feature files."""


class DataSource(Section):
    """Base class of data sources with named splits.

    A custom source is a subclass with a method :meth:`read` and its settings as fields; a config uses it by
    ``data: {source: my_module:MySource, ...}``. Its inputs are images if it has an :attr:`image_shape`, else features.

    Attributes:
        source: Name of the source.
        splits: The splits for training, selection and testing.
    """

    note: ClassVar[str | None] = None
    """Note that every report on such data must contain; None for no note."""
    ids_lack: ClassVar[str] = ""
    """Suffix of image files that is missing in their ids."""

    source: str
    splits: Splits = Splits()

    @model_validator(mode="after")
    def _suitable_splits(self) -> DataSource:
        if self.splits.fractions is not None:
            raise ValueError("splits by fractions: this source has published splits; give their names")
        return self

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return all samples of all splits, and the report on used and dropped rows.

        Args:
            tasks: The tasks that the config declares, or None.

        Raises:
            InputError: A file is missing or invalid.
        """
        raise InputError(f"data source {self.source!r} has no method read", expected="a method read(tasks)")

    def known_tasks(self) -> TaskSet | None:
        """Return the tasks if they are known without reading the data, else None."""
        return None

    def read_tasks(self) -> TaskSet:
        """Return the tasks from the data, for a config that declares none.

        Raises:
            InputError: A file is missing or invalid.
        """
        return self.read(None)[0].annotations.tasks

    @property
    def new_inputs(self) -> tuple[str, tuple[str, ...]]:
        """Kind of new inputs that are not images, and the suffixes of their files."""
        return "features", FEATURE_FILES

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return new features [N, D] from a file.

        Raises:
            InputError: The file is missing or invalid.
        """
        if Path(path).suffix.lower() == ".arff":
            raise InputError(f"{path}: this run was not trained on ARFF files", expected=".npy, .npz or .safetensors")
        return load_features(path)

    @property
    def encoder(self) -> dict[str, Any] | None:
        """The record of the encoder that ``gcnlabel features`` writes next to a feature file; None if there is none."""
        return None

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the images, None for features."""
        return None

    @property
    def geometry(self) -> tuple[str, str] | None:
        """How images are resized: a short and an exact description; None if whole images are stretched."""
        return None

    @property
    def image_folders(self) -> list[Path]:
        """Folders that the ids of images are relative to, the innermost first; they need not exist."""
        return []

    def read_image(self, path: Path) -> Image:
        """Return a new image uint8 [C, H, W] with the size and channels of this source.

        Raises:
            InputError: It is not an image, is truncated, or has more than 8 bits per channel.
        """
        channels, size, _ = self.image_shape or (0, 0, 0)
        return np.asarray(load_images(path.parent, [path.name], size=size, channels=channels)[0])

    def split_rows(self, annotations: Annotations, seed: int) -> dict[str, Rows]:
        """Return the rows of ``train``, ``val`` and ``test``.

        Args:
            annotations: All samples.
            seed: Seed of the random holdout set if there is no ``val`` split.

        Raises:
            InputError: A split does not exist or would be empty.
        """
        rows = named_rows(annotations, self.splits, seed)
        for part, of_part in rows.items():
            if len(of_part) == 0:
                raise InputError(f"the {part} split has no samples", expected="at least one")
        return rows

    @property
    def split_note(self) -> str | None:
        """Note on random splits that every report must contain; None for named splits."""
        return None


class Divided(DataSource):
    """A source with named splits, or with random splits by fractions.

    Attributes:
        splits: The splits.
        split_seed: Seed of a split by fractions, separate from ``seed``, so that runs with other seeds share the split.
    """

    split_seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _suitable_splits(self) -> Divided:
        if self.split_seed and self.splits.fractions is None:
            raise ValueError("split_seed has no effect with named splits; it is for fractions")
        return self

    def split_rows(self, annotations: Annotations, seed: int) -> dict[str, Rows]:
        """Return the rows of ``train``, ``val`` and ``test``; splits by fractions are stratified by labels."""
        fractions = self.splits.fractions
        if fractions is None:
            return super().split_rows(annotations, seed)
        return stratified_split(annotations, fractions, self.split_seed)

    @property
    def split_note(self) -> str | None:
        """Note on random splits that every report must contain; None for named splits."""
        if self.splits.fractions is None:
            return None
        parts = ", ".join(f"{part} {share:g}" for part, share in self.splits.fractions.items())
        return f"random split by data.splits ({parts}; split_seed {self.split_seed}), stratified by labels"


class Place(Protocol):
    """Region of an image to predict, e.g. a face."""

    def read_image(self, path: Path, data: DataSource) -> Image:
        """Return the region, uint8 [C, H, W], with the size and channels of the data's images."""

    def cut_out(self, picture: Picture, data: DataSource) -> Image:
        """Return the region of an upright image, uint8 [C, H, W], with the size and channels of the data's images."""


class _Sources(Registry):
    def settings(self, name: str) -> type[Section]:
        found = super().settings(name)
        if not issubclass(found, DataSource):
            raise InputError(f"{name!r} is not a data source", expected="a subclass of gcnlabel.sources.DataSource")
        return found


SOURCES = _Sources("data source", "gcnlabel.sources", key="source")
"""The data sources by name."""
