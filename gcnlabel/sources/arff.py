"""Mulan or MEKA files: labels and features in one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from scipy import sparse

from gcnlabel.annotations import read_arff_inputs, read_arff_splits
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.errors import InputError
from gcnlabel.sources.part import Part
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.sources.splits import Splits
from gcnlabel.tasks import TaskSet


def _cell_text(value: object) -> object:
    """Return a value of YAML as the text of a cell."""
    if isinstance(value, bool):
        raise ValueError("YAML reads yes, no, on, off, true and false as truth values: put the value in quotes")
    return str(value) if isinstance(value, (int, float)) else value


CellText = Annotated[str, BeforeValidator(_cell_text)]


@SOURCES.register("arff")
class Arff(Divided):
    """Mulan or MEKA files, one for each split; the config's ``tasks`` may say which labels are no tags.

    Attributes:
        files: Name of the split -> file; features are matched to those of the first.
        xml: Mulan's file that names the labels.
        task: Name of the multi-label task, where no tasks are declared; None for "labels".
        present: Tag -> its value that means present, where its values do not say it.
    """

    source: Literal["arff"]
    splits: Splits = Splits(val=None)
    files: dict[str, str]
    xml: str | None = None
    task: str | None = None
    present: dict[str, CellText] = Field(default={})

    def read(self, tasks: TaskSet | None) -> tuple[Part, RowReport]:
        """Return all rows of the files."""
        options: dict[str, Any] = {"tasks": tasks, "present": self.present, "task_name": self.task, "complete": True}
        annotations = read_arff_splits(self._training_first, self.xml, **options)
        if annotations.features.shape[1] == 0:
            raise InputError("the ARFF files hold labels alone", expected="attributes that are inputs")
        part = Part(annotations, _dense(annotations.features))
        return part, part.report()

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return new features [N, D] of an array or of another ARFF file.

        The attributes of an ARFF file are matched to those of the training file by name and value; labels need not be
        there.
        """
        if Path(path).suffix.lower() != ".arff":
            return super().read_inputs(path, tasks)
        like = next(iter(self._training_first.values()))
        return _dense(read_arff_inputs(path, like, self.xml, tasks=tasks))

    @property
    def _training_first(self) -> dict[str, str]:
        """The files, the training file first: it says which features there are."""
        return dict(sorted(self.files.items(), key=lambda item: item[0] != self.splits.train))


def _dense(features: Any) -> Any:
    return features.toarray() if sparse.issparse(features) else features
