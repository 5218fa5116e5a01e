"""Report of the rows that were read: how many are used, left out or masked, why, and the first of each."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from gcnlabel.annotations.found_images import elsewhere
from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write

USED, LEFT_OUT, MASKED, KEPT = "used", "left out", "masked", "kept"
WHAT = (USED, LEFT_OUT, MASKED, KEPT)
"""Statuses of rows; ``masked`` (targets missing) and ``kept`` (noted as unusual) rows are used too."""

MISSING, UNREADABLE = "image missing", "image unreadable"
FAULTS = (MISSING, UNREADABLE)
"""Reasons that no protocol of a data set intends; many such rows mean a wrong folder or damaged files."""

ALLOWED = 0.01
"""Default share of a split's rows that may be left out for a reason of :data:`FAULTS`."""


@dataclass(frozen=True)
class RowCount:
    """Number of rows of one split with the same status and reason.

    Attributes:
        split: Their split.
        what: Their status, one of :data:`WHAT`.
        reason: The reason; empty for rows that are used.
        count: Number of rows.
        first: Name of the first of them.
        detail: Further details on the first, or empty.
    """

    split: str
    what: str
    reason: str
    count: int
    first: str = ""
    detail: str = ""


@dataclass(frozen=True)
class RowReport:
    """Numbers of used, left out, masked and kept rows of a data set.

    Example:
        >>> report = RowReport((RowCount("train", USED, "", 99), RowCount("train", LEFT_OUT, MISSING, 1, "9.jpg")))
        >>> report.line()
        'rows: 99 used (train 99), 1 left out: image missing 1 (first 9.jpg)'
        >>> report.reasons()
        {'image missing (left out)': 1}
    """

    counts: tuple[RowCount, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is any count."""
        return bool(self.counts)

    def __add__(self, other: RowReport) -> RowReport:
        """Return the merged report; counts of the same split, status and reason are added."""
        merged: dict[tuple[str, str, str], RowCount] = {}
        for each in (*self.counts, *other.counts):
            key = each.split, each.what, each.reason
            before = merged.get(key)
            merged[key] = each if before is None else replace(before, count=before.count + each.count)
        return RowReport(tuple(each for each in merged.values() if each.count))

    def reasons(self) -> dict[str, int]:
        """Return ``"reason (status)"`` -> number of rows over all splits, without the status ``used``."""
        found: dict[str, int] = {}
        for each in self.counts:
            if each.what != USED:
                name = f"{each.reason} ({each.what})"
                found[name] = found.get(name, 0) + each.count
        return found

    def of_fate(self, what: str) -> list[RowCount]:
        """Return the counts of one status, one for each reason, summed over the splits."""
        merged = RowReport() + RowReport(tuple(replace(each, split="") for each in self.counts if each.what == what))
        return list(merged.counts)

    def of_splits(self, names: Sequence[str]) -> RowReport:
        """Return the report for the use of only these splits: used rows of other splits become left out."""
        others = "of a split that is not used"
        return RowReport() + RowReport(
            tuple(
                replace(each, what=LEFT_OUT, reason=others) if each.what == USED and each.split not in names else each
                for each in self.counts
                if each.what in (USED, LEFT_OUT) or each.split in names
            )
        )

    def line(self) -> str:
        """Return one line: rows used, rows left out or masked and why, the first of each."""
        used = [each for each in self.counts if each.what == USED]
        parts = [
            f"{sum(each.count for each in used)} used ({', '.join(f'{each.split} {each.count}' for each in used)})"
        ]
        for what in (LEFT_OUT, MASKED, KEPT):
            named = self.of_fate(what)
            if named:
                total = f"{sum(each.count for each in named)} " if what == LEFT_OUT else ""
                parts.append(f"{total}{what}: {', '.join(map(_named, named))}")
        return f"rows: {parts[0]}" + "".join(f"{', ' if i == 0 else '; '}{part}" for i, part in enumerate(parts[1:]))

    def check(self, allowed: float, *, root: Path | None = None, option: str = "data.allow_missing:") -> None:
        """Check the share of missing or unreadable files in every split.

        Args:
            allowed: Largest allowed share of the rows of a split.
            root: Folder of the images, for a hint on where the first missing image may be.
            option: Option that allows a larger share, for the message.

        Raises:
            InputError: The share is larger.
        """
        faults = [each for each in self.counts if each.what == LEFT_OUT and each.reason in FAULTS]
        for each in sorted(faults, key=lambda each: -each.count):
            of = sum(c.count for c in self.counts if c.split == each.split and c.what in (USED, LEFT_OUT))
            if each.count > allowed * of:
                raise _too_many(each, of, allowed, root, option)

    def check_left(self, splits: Sequence[str]) -> None:
        """Check that each of ``splits`` has used rows; without ``splits``, that any row is used.

        Raises:
            InputError: All rows of a split are left out.
        """
        used = {each.split for each in self.counts if each.what == USED}
        lost = {each.split for each in self.counts if each.what == LEFT_OUT} - used
        gone = [name for name in splits if name in lost] if splits else sorted(lost if not used else ())
        if gone:
            raise InputError(f"no row of split {gone[0]!r} is left: {self.line()}", expected="rows that can be used")

    def plain(self) -> list[dict[str, Any]]:
        """Return the counts as dicts, for :meth:`from_plain`."""
        return [asdict(each) for each in self.counts]

    @classmethod
    def from_plain(cls, values: Iterable[Mapping[str, Any]]) -> RowReport:
        """Return the report of :meth:`plain` values."""
        return cls(tuple(RowCount(**{f.name: value[f.name] for f in fields(RowCount)}) for value in values))

    def save(self, path: Path) -> None:
        """Write a CSV table with one row per count; an existing file is replaced."""
        with atomic_write(path, overwrite=True) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [f.name for f in fields(RowCount)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.plain())


def _named(each: RowCount) -> str:
    return f"{each.reason} {each.count}" + (f" (first {each.first})" if each.first else "")


def _too_many(each: RowCount, of: int, allowed: float, root: Path | None, option: str) -> InputError:
    what = {MISSING: "images missing", UNREADABLE: "images unreadable"}
    holds = "" if root is None or each.reason != MISSING else _instead(root, each.first)
    detail = f": {each.detail}" if each.detail else ""
    allow = "" if each.count == of else f", or allow it: {option} {math.ceil(100 * each.count / of) / 100}"
    return InputError(
        f"{each.count} of {of} {what[each.reason]} in split {each.split!r}, first {each.first}{detail}{holds}",
        where=root,
        expected=f"at most {allowed:.4g} of the rows of a split",
        fix=f"check the paths and files{allow}",
    )


def _instead(root: Path, name: str) -> str:
    """Return a hint for a missing file: the most similar file, or the first folder of its path that does not exist."""
    if (place := elsewhere(root, name)) is not None:
        return f"; {place}"
    folder = (root / name).parent
    if not folder.is_dir():
        there = next(parent for parent in folder.parents if parent.is_dir())
        return f"; there is no folder {folder.relative_to(there).parts[0]!r} in {there}"
    names = [child.name for child in folder.iterdir() if not child.name.startswith(".")]
    close = difflib.get_close_matches(Path(name).name, names, n=1, cutoff=0.5) or sorted(names)[:1]
    inner = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
    found = [each if inner == "." else f"{inner}/{each}" for each in close]
    return f"; the folder holds {found[0]}" if found else f"; the folder {inner} is empty"
