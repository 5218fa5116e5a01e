"""Predictions of detections: one row per detection, and one per image or frame without a detection."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from gcnlabel.errors import shorten
from gcnlabel.prediction.predictions import Predictions

BOX = ("box_x", "box_y", "box_width", "box_height")
"""Columns of a box: left and top edge, width and height in pixels of the upright image."""


@dataclass(frozen=True)
class Detected(Predictions):
    """Predictions of K detections.

    Attributes:
        where: Table of R >= K rows with the columns ``image``, or ``frame`` and ``time`` in seconds; ``number`` of the
            detection in its image, or of its track; :data:`BOX`; ``score``. The K rows with a score are the detections,
            in the order of the predictions; the others are images or frames without a detection.

    Example:
        >>> from gcnlabel.tasks import Categorical, TaskSet
        >>> tasks = TaskSet([Categorical("face", ["sad", "happy"])])
        >>> where = pl.DataFrame({"image": ["a.png", "b.png"], "number": [None, 1], "score": [None, 0.9]})
        >>> found = Detected(tasks, ["b.png 1"], {"face": np.array([[0.25, 0.75]])}, where=where)
        >>> found.table()["face"].to_list(), found.nothing_in
        ([None, 'happy'], ['a.png'])
    """

    where: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def nothing_in(self) -> list[Any]:
        """Names of the images, or numbers of the frames, without a detection."""
        return self.where.filter(pl.col("score").is_null()).to_series(0).to_list()

    def remarked(self, *remarks: str) -> Detected:
        """Return a copy with these remarks, and one that lists the images or frames without a detection."""
        nothing, what = self.nothing_in, self.where.columns[0]
        looked = self.where[what].n_unique()
        counted = [f"nothing found in {len(nothing)} of {looked} {what}s: {shorten(nothing)}"] if nothing else []
        return replace(self, remarks=(*counted, *remarks))

    def table(self) -> pl.DataFrame:
        """Return a table with one row per detection: its location and the columns of :meth:`Predictions.table`.

        Images or frames without a detection have a row of empty cells.
        """
        rows = np.flatnonzero(self.where["score"].is_not_null().to_numpy())
        own = super().table().drop(self.named).with_columns(pl.Series("_row", rows, dtype=pl.UInt32))
        where = self.where.with_columns(pl.Series("_row", range(len(self.where)), dtype=pl.UInt32))
        return where.join(own, on="_row", how="left", maintain_order="left").drop("_row")

    def records(self) -> list[dict[str, Any]]:
        """Return one nested record per detection; box, score and tasks are null for images or frames without one."""
        nothing: dict[str, Any] = dict.fromkeys(self.tasks.names)
        found = iter(super().records())
        records = []
        for row in self.where.iter_rows(named=True):
            box = [row.pop(name, None) for name in BOX]
            score = row.pop("score")
            own = nothing if score is None else next(found)
            tasks = {task: own[task] for task in self.tasks.names}
            records.append({**row, "box": None if score is None else box, "score": score, **tasks})
        return records
