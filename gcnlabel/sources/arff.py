"""ARFF files of Mulan or MEKA, with labels and features in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from scipy import sparse

from gcnlabel.annotations import read_arff_inputs, read_arff_splits
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.errors import InputError
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.sources.splits import Splits
from gcnlabel.tasks import TaskSet


def _cell_text(value: object) -> object:
    """Return a YAML value as the text of a cell."""
    if isinstance(value, bool):
        raise ValueError("YAML reads yes, no, on, off, true and false as booleans: put the value in quotes")
    return str(value) if isinstance(value, (int, float)) else value


CellText = Annotated[str, BeforeValidator(_cell_text)]


@SOURCES.register("arff")
class Arff(Divided):
    """Mulan or MEKA files, one per split; without ``tasks`` in the config, all labels form one multi-label task.

    Attributes:
        files: Split name -> file; features are matched to those of the training file.
        xml: Mulan's XML file with the names of the labels.
        task: Name of the multi-label task, if no tasks are declared; None for "labels".
        present: Tag -> its value that means present, for tags with values other than 0 and 1.
    """

    source: Literal["arff"]
    splits: Splits = Splits(val=None)
    files: dict[str, str]
    xml: str | None = None
    task: str | None = None
    present: dict[str, CellText] = Field(default={})

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return all rows of the files."""
        options: dict[str, Any] = {"tasks": tasks, "present": self.present, "task_name": self.task, "complete": True}
        annotations = read_arff_splits(self._training_first, self.xml, **options)
        if annotations.features.shape[1] == 0:
            raise InputError("the ARFF files have only labels", expected="attributes that are inputs")
        part = SampleSet(annotations, _dense(annotations.features))
        return part, part.report()

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return new features [N, D] from an array file or another ARFF file.

        The attributes of an ARFF file are matched to those of the training file by name and value; labels are optional.
        """
        if Path(path).suffix.lower() != ".arff":
            return super().read_inputs(path, tasks)
        like = next(iter(self._training_first.values()))
        return _dense(read_arff_inputs(path, like, self.xml, tasks=tasks))

    @property
    def _training_first(self) -> dict[str, str]:
        """The files, with the training file, which defines the features, first."""
        return dict(sorted(self.files.items(), key=lambda item: item[0] != self.splits.train))


def _dense(features: Any) -> Any:
    return features.toarray() if sparse.issparse(features) else features
