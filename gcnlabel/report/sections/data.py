"""Data section: used and dropped rows, label counts, and co-occurrence of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from gcnlabel.annotations import Annotations
from gcnlabel.report.matrices import matrix
from gcnlabel.report.page import render
from gcnlabel.report.reading import ReportRuns

PARTS = ("train", "val", "test")


def data(runs: ReportRuns) -> Markup:
    """Return the tables of rows and labels, and the co-occurrence of labels in the training split of the first run."""
    tables: dict[tuple[Any, ...], list[str]] = {}
    for name, table in runs.rows.items():
        tables.setdefault(tuple(table.rows()), []).append(name)
    rows = [(", ".join(names), table) for table, names in tables.items()]
    found = runs.data
    if found is None:
        return render("data.html", rows=rows, labels=None, together=None, first=runs.names[0])
    training = found.parts["train"].annotations
    labels = [
        _of_label(found.parts, task.name, i, label) for task in found.tasks for i, label in enumerate(task.labels)
    ]
    return render("data.html", rows=rows, labels=labels, together=_together(training), first=runs.names[0])


def _of_label(parts: Any, task: str, i: int, label: str) -> dict[str, Any]:
    """Return a label's number of samples in each split, and its missing fraction and mean in the training split."""
    row: dict[str, Any] = {"label": label, "task": task, "counts": []}
    for name in PARTS:
        annotations = parts[name].annotations
        shown = annotations.tasks[task].shown(_column(annotations, task, i))
        row["counts"].append(int(shown.sum()))
    values = _column(parts["train"].annotations, task, i)
    row["missing"] = float(np.isnan(values).mean())
    seen = values[~np.isnan(values)]
    row["mean"] = float(seen.mean()) if len(seen) else None
    row["discrete"] = parts["train"].annotations.tasks[task].discrete
    return row


def _column(annotations: Annotations, task: str, i: int) -> npt.NDArray[np.float64]:
    column: npt.NDArray[np.float64] = annotations.indicators(task)[:, i]
    return column


def _together(training: Annotations) -> Markup:
    """Return the co-occurrence counts of classes and tags, coloured by the fraction of the rarer label's samples."""
    discrete = [task for task in training.tasks if task.discrete]
    if not discrete or (len(discrete) == 1 and discrete[0].exclusive):  # one class excludes the others
        return Markup()
    shown = np.concatenate([task.shown(training.indicators(task.name)) for task in discrete], 1).astype(np.float32)
    counts = (shown.T @ shown).astype(np.float64)
    own = counts.diagonal()
    rarer = np.minimum(own[:, None], own[None, :])
    shares = np.divide(counts, rarer, out=np.zeros_like(counts), where=rarer > 0)
    names = [label for task in discrete for label in task.labels]
    return matrix(
        "Training samples with both labels; colour: share of those with the rarer label",
        shares, names, names, words=("label", "label"), limit=1.0, grey_diagonal=True, counts=counts,
    )  # fmt: skip
