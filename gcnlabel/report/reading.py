"""Read the run folders of a report, and collect errors for files that cannot be read."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import torch
from safetensors import safe_open
from torch import Tensor

from gcnlabel.annotations.table_file import POLARS_ERRORS
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.run.data import RunData, SampleSet, load_data
from gcnlabel.run.drawing import ReadRuns
from gcnlabel.run.folder import RunFolder
from gcnlabel.tasks import Task


class Lacking:
    """Collects error messages for what a report cannot show."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    @contextmanager
    def unless_damaged(self, what: str) -> Iterator[None]:
        """Catch errors of the ``with`` block, add their message to ``missing`` and warn.

        Warns:
            GcnlabelWarning: The block raised ValueError or OSError.
        """
        try:
            yield
        except (ValueError, OSError) as error:
            text = f"{what}: " + "; ".join(line.strip() for line in str(error).splitlines())
            if text not in self.missing:
                self.missing.append(text)
                warnings.warn(f"not in the report: {text}", GcnlabelWarning, stacklevel=3)


class ReportRuns(ReadRuns):
    """Runs of the same tasks, read on first use; code that their configs name runs only for trusted folders.

    Args:
        folders: The runs.

    Raises:
        InputError: As for :class:`~gcnlabel.run.drawing.ReadRuns`.
    """

    def __init__(self, folders: Sequence[RunFolder]) -> None:
        self.lacking = Lacking()
        super().__init__(folders, self.lacking)

    @cached_property
    def evaluations(self) -> dict[str, dict[str, Any]]:
        """Run -> its evaluation."""
        return self._each("the evaluation", lambda name, run: run.read_evaluation())

    @cached_property
    def config_texts(self) -> dict[str, str]:
        """Run -> text of its config."""
        return self._each("config.yaml", lambda name, run: run.config.read_text(encoding="utf-8"))

    @cached_property
    def graph_versions(self) -> dict[str, dict[str, str]]:
        """Run -> library -> its version when the graph was written."""
        return self._each("versions", lambda name, run: _graph_versions(run.graph) if name in self.graphs else None)

    @cached_property
    def rows(self) -> dict[str, pl.DataFrame]:
        """Run -> its ``rows.csv``, the used and dropped rows of its data: split, what, reason, count, first, detail."""
        return self._each("rows.csv", lambda name, run: _row_table(run.rows) if run.rows.exists() else None)

    def thresholds(self, run: str, task: Task) -> Tensor | None:
        """Return the tuned decision thresholds of a run's tags, as scores [labels]; None if there are none."""
        kept = self.evaluations.get(run, {}).get("thresholds", {}).get(task.name)
        if kept is None or set(kept) != set(task.labels):
            return None
        return torch.tensor([kept[label] for label in task.labels], dtype=torch.float64)

    @cached_property
    def data(self) -> RunData | None:
        """The data of the first run; None if it cannot be read."""
        name, run = next(iter(self._folders.items()))
        with self.lacking.unless_damaged(f"the data of {name}"):
            return load_data(run.load_config(), run.split, progress=True)
        return None

    @cached_property
    def ids(self) -> dict[str, list[str]]:
        """Run -> ids of the samples of its evaluation, for the runs that have ids."""
        texts = {name: found["ids"] for name, found in self.predictions.items() if "ids" in found}
        return {name: json.loads(bytes(text.tolist())) for name, text in texts.items()}

    def measured_part(self, run: str) -> SampleSet | None:
        """Return images and annotations of a run's evaluation split; None if the data now has other samples."""
        if self.data is None or run not in self.evaluations:
            return None
        part = self.data.parts.get(self.evaluations[run]["split"])
        if part is None or len(part.inputs.shape) != 4:
            return None
        ids = part.annotations.ids
        same = ids is not None and run in self.ids and ids.tolist() == self.ids[run]
        return part if same else None


def _graph_versions(path: Path) -> dict[str, str]:
    with safe_open(path, framework="pt") as file:
        values = json.loads(file.metadata()["versions"])
    return {str(name): str(number) for name, number in values.items()}


def _row_table(path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False, glob=False).fill_null("")
        table = table.with_columns(pl.col("count").cast(pl.Int64))
        return table.select("split", "what", "reason", "count", "first", "detail")
    except POLARS_ERRORS as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from error
