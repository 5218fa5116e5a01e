"""What is predicted: classes, tags or continuous dimensions."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from typing_extensions import Self

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks.columns import Columns
from gcnlabel.tasks.source_options import check_source


@dataclass(frozen=True)
class Task:
    """A named group of labels that are predicted together.

    Attributes:
        name: Name of the task, unique in its :class:`TaskSet`.
        labels: Names of its labels, one graph node each, in order.
        source: Where a table holds it; no part of the task's identity.
    """

    name: str
    labels: tuple[str, ...]
    source: Columns = field(default=Columns(), kw_only=True, compare=False)

    type: ClassVar[str] = ""
    labels_key: ClassVar[str] = "labels"
    options: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Check the names."""
        names = self.labels if isinstance(self.labels, Iterable) else [None]
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            raise InputError(
                f"task {self.name!r}: {self.labels_key} must be a list of names, got {self.labels!r}",
                fix="quote names that YAML reads as something else (yes, no, 1)",
            )
        object.__setattr__(self, "labels", tuple(self.labels))
        if not self.labels:
            raise InputError(f"task {self.name!r} has no {self.labels_key}")
        composed = Counter(unicodedata.normalize("NFC", name) for name in self.labels)  # which look and match alike
        duplicates = sorted(name for name, times in composed.items() if times > 1)
        if duplicates:
            raise InputError(f"task {self.name!r}: duplicate {self.labels_key}: {shorten(duplicates)}")
        for name in (self.name, *self.labels):
            if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
                raise InputError(f"task {self.name!r}: {name!r} holds a control character", fix="take it out")
        if "" in self.labels:
            raise InputError(f"task {self.name!r}: a label with an empty name")
        check_source(self)

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return {"type": self.type, self.labels_key: list(self.labels)}

    def has_column_each(self) -> bool:
        """Return whether a table holds every label in a column of its own."""
        return True

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        return ("columns", "missing")

    def of_labels(self, labels: Sequence[str]) -> Self:
        """Return the task with some of its labels, in the order that is given."""
        kept = tuple(labels)
        own, codes = self.source, self.source.codes
        columns = {label: column for label, column in own.columns.items() if label in kept}
        if not self.has_column_each():
            codes = {code: label for code, label in codes.items() if label in kept}
        signed = tuple(label for label in own.signed if label in kept)
        return replace(self, labels=kept, source=replace(own, columns=columns, codes=codes, signed=signed))


@dataclass(frozen=True)
class Categorical(Task):
    """Exactly one of several classes, e.g. a facial expression.

    Example:
        >>> Categorical("expression", ["neutral", "happy"]).classes
        ('neutral', 'happy')
    """

    type: ClassVar[str] = "categorical"
    labels_key: ClassVar[str] = "classes"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; a target is an index into them."""
        return self.labels

    def has_column_each(self) -> bool:
        """Return whether a table is declared to hold every class in a column of its own.

        That is by ``columns``, ``votes``, or ``codes`` that say 1 or 0 instead of a class.
        """
        meanings = set(self.source.codes.values())
        codes_of_columns = bool(meanings) and meanings <= {"0", "1"} and not meanings & set(self.labels)
        return bool(self.source.columns) or self.source.votes or codes_of_columns

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        if self.source.votes:
            return ("columns", "votes", "missing")
        return ("columns", "codes", "missing", "signed") if self.has_column_each() else ("column", "codes", "missing")


@dataclass(frozen=True)
class MultiLabel(Task):
    """Any number of tags at once, e.g. the objects of an image.

    Attributes:
        unknown: What an unknown tag counts as where decisions are measured (F1, CP .. OF1, Hamming loss, subset
            accuracy, tuned thresholds): ``left-out`` or ``negative``. mAP and ranks, losses and statistics leave it out
            either way. No part of the task's identity.

    Example:
        >>> len(MultiLabel("tags", ["cat", "dog"]))
        2
    """

    unknown: str = field(default="left-out", kw_only=True, compare=False)

    type: ClassVar[str] = "multilabel"
    options: ClassVar[tuple[str, ...]] = ("unknown",)

    def __post_init__(self) -> None:
        """Check the names and what unknown tags count as."""
        super().__post_init__()
        if self.unknown not in ("left-out", "negative"):
            raise InputError(f"task {self.name!r}: unknown: {self.unknown!r}", expected="left-out | negative")

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return super().to_dict() | ({} if self.unknown == "left-out" else {"unknown": self.unknown})

    def has_column_each(self) -> bool:
        """Return whether a table holds every tag in a column of its own."""
        return self.source.column is None

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        if self.has_column_each():
            return ("columns", "codes", "missing", "signed")
        return ("column", "negatives", "codes", "separator", "empty", "missing")


@dataclass(frozen=True)
class Dimensional(Task):
    """Continuous dimensions, e.g. valence and arousal.

    Attributes:
        range: Lowest and highest value an annotation may have, or None for any finite value.

    Example:
        >>> Dimensional("affect", ["valence", "arousal"], range=(-1, 1)).dims
        ('valence', 'arousal')
    """

    range: tuple[float, float] | None = None

    type: ClassVar[str] = "dimensional"
    labels_key: ClassVar[str] = "dims"
    options: ClassVar[tuple[str, ...]] = ("range",)

    def __post_init__(self) -> None:
        """Check the names and the range."""
        super().__post_init__()
        if self.range is None:
            return
        try:
            low, high = (float(value) for value in self.range)
        except (TypeError, ValueError):
            low = high = math.nan
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"task {self.name!r}: range {self.range!r}", expected="[low, high] with low < high")
        object.__setattr__(self, "range", (low, high))

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return self.labels

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return super().to_dict() | ({} if self.range is None else {"range": list(self.range)})
