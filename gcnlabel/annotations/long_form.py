"""Pivot a table from long form (one row per sample and label) to one row per sample and one column per label."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Collection

import polars as pl

from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.layout import Long
from gcnlabel.annotations.spellings import same_value
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks.matching import folded

OPTION = "data.long names the columns (build-graph: --long SAMPLE,LABEL,VALUE)"


def widened(cells: Cells, long: Long, labels: Collection[str], kept: Collection[str]) -> Cells:
    """Return the table with one row per sample, in order of first appearance; pairs that do not occur are null.

    Args:
        cells: The table in long form.
        long: Its columns.
        labels: Labels to make columns, where they occur.
        kept: Other columns to keep; their value must be the same in all rows of a sample.

    Raises:
        InputError: A column is missing, a name is empty, or two rows contradict each other; the message names both.

    Example:
        >>> frame = pl.DataFrame({"id": ["a", "b", "a"], "label": ["cat", "cat", "dog"], "value": ["1", "0", "1"]})
        >>> widened(Cells(frame, "frame", 0), Long("id", "label", "value"), ["cat", "dog"], []).frame.rows()
        [('a', '1', '1'), ('b', '0', None)]
    """
    sample, label = (pl.Series(cells.complete(name, OPTION)).str.strip_chars() for name in (long.sample, long.label))
    asked = {unicodedata.normalize("NFC", name): name for name in labels}
    label = label.str.normalize("NFC").replace(asked)
    value = cells.column(long.value, OPTION)
    rows = pl.DataFrame({"sample": sample, "label": label, "value": value, "row": range(len(sample))})
    says = same_value(cells.pointed(value.cast(pl.String)))
    _refuse_contradictions(rows.with_columns(says=says), ["sample", "label"], cells, long.value)
    wide = rows.select("sample").unique(maintain_order=True)
    for name in dict.fromkeys(kept):
        if name != long.sample:
            column = rows.select("sample", "row", value=pl.Series(cells.complete(name, OPTION)))
            _refuse_contradictions(column.with_columns(says="value"), ["sample"], cells, name)
            wide = wide.join(column.unique("sample").select("sample", **{name: "value"}), on="sample", how="left")
    there = rows.filter(pl.col("label").is_in(list(labels))).unique(["sample", "label"], maintain_order=True)
    found = there.pivot("label", index="sample", values="value")
    clash = sorted({long.sample, *kept} & set(found.columns[1:]))
    if clash:
        raise InputError(f"{clash[0]!r} is a column and a label", where=cells.where, expected="different names")
    wide = wide.join(found, on="sample", how="left", maintain_order="left")
    names = tuple(wide["sample"].to_list())
    other = [name for name in label.unique(maintain_order=True) if name not in found.columns]
    _warn_alike(label, other, labels, cells, long.label)
    return cells.replaced(wide.rename({"sample": long.sample}), names, other)


def _warn_alike(label: pl.Series, other: Collection[str], labels: Collection[str], cells: Cells, column: str) -> None:
    """Warn of unused labels of the table that differ only in case from a requested label."""
    asked = {folded(name): name for name in labels}
    for name in other:
        if folded(name) in asked:
            rows = (label == name).arg_true()
            text = f"{len(rows)} row(s) of {cells.where} have the label {name!r}, which differs only in case from"
            where = f"(first {cells.place(int(rows[0]))}, column {column!r}): they are ignored"
            warnings.warn(f"{text} {asked[folded(name)]!r} {where}", GcnlabelWarning, stacklevel=4)


def _refuse_contradictions(rows: pl.DataFrame, keys: list[str], cells: Cells, column: str) -> None:
    several = rows.filter(pl.col("says").n_unique().over(keys) > 1).sort("row")
    if len(several):
        same = several.filter(pl.all_horizontal(pl.col(key) == several[key][0] for key in keys))
        first, other = (
            same.row(0, named=True),
            same.filter(pl.col("says").ne_missing(same["says"][0])).row(0, named=True),
        )
        values = " and ".join("an empty cell" if row["value"] is None else repr(row["value"]) for row in (first, other))
        what = f"{' and '.join(repr(first[key]) for key in keys)}: {values}"
        where = f"{cells.place(first['row'])} and {other['row'] + cells.first_row}, column {column!r}"
        raise InputError(f"two rows contradict each other for {what}", where=where, expected="one value")
