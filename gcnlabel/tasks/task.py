"""Base class of all types of tasks."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from typing_extensions import Self

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks.columns import Columns
from gcnlabel.tasks.source_options import check_source

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Task:
    """A named group of labels that are predicted together.

    Each type of task is a subclass that implements whatever depends on the type, so other code never tests the type.
    The base class treats targets as values [N, labels] and scores as predictions of them.

    Attributes:
        name: Name of the task, unique in its :class:`TaskSet`.
        labels: Names of its labels, one graph node each, in order.
        source: Columns of a table that hold the task; tasks compare equal regardless of it.
        type: Name of the type in declarations.
        labels_key: Key of the labels in declarations.
        options: Further keys of a declaration.
        noun: Word for one of its labels in messages.
        discrete: Whether each label is either present or absent; otherwise it has a value.
        exclusive: Whether exactly one label is present; a sample then annotates all labels or none.
        activation: Function from scores to predictions: ``softmax``, ``sigmoid`` or ``identity``.
        targets: Kind of targets, which a loss must support: ``classes``, ``tags`` or ``values``.
        loss: Name of the default loss.
        metrics: Name of its metrics in :data:`gcnlabel.metrics.METRICS`, or ``package.module:function``.
        main_metric: Default metric to select epochs and to compare heads.
        min_samples: Fewest annotated samples for which its metrics are defined.
    """

    name: str
    labels: tuple[str, ...]
    source: Columns = field(default=Columns(), kw_only=True, compare=False)

    type: ClassVar[str] = ""
    labels_key: ClassVar[str] = "labels"
    options: ClassVar[tuple[str, ...]] = ()
    noun: ClassVar[str] = "label"
    discrete: ClassVar[bool] = False
    exclusive: ClassVar[bool] = False
    activation: ClassVar[str] = "identity"
    targets: ClassVar[str] = "values"
    loss: ClassVar[str] = "mse"
    metrics: ClassVar[str] = "values"
    main_metric: ClassVar[str] = ""
    min_samples: ClassVar[int] = 1

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
        if not self.name or "." in self.name:
            raise InputError(
                f"task name {self.name!r}", expected="a name without a dot (a dot separates names of submodules)"
            )
        if "" in self.labels:
            raise InputError(f"task {self.name!r}: a label with an empty name")
        check_source(self)

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)

    @property
    def binary(self) -> bool:
        """Whether each label is present or absent independently, decided by a threshold of its own."""
        return self.discrete and not self.exclusive

    @property
    def unknown(self) -> str:
        """How metrics of decisions treat a missing label: ``left-out`` or ``negative``."""
        return "left-out"

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest allowed value."""
        return -math.inf, math.inf

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return {"type": self.type, self.labels_key: list(self.labels)}

    def of_labels(self, labels: Sequence[str]) -> Self:
        """Return the task with only these of its labels, in the given order."""
        kept = tuple(labels)
        own, codes = self.source, self.source.codes
        columns = {label: column for label, column in own.columns.items() if label in kept}
        if not self.has_column_each():
            codes = {code: label for code, label in codes.items() if label in kept}
        signed = tuple(label for label in own.signed if label in kept)
        return replace(self, labels=kept, source=replace(own, columns=columns, codes=codes, signed=signed))

    # Columns of a table

    def has_column_each(self) -> bool:
        """Return whether a table has one column per label."""
        return True

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        return ("columns", "missing")

    def columns(self) -> list[str]:
        """Return the names of the columns that hold the task: one, or one for each label."""
        each = self.has_column_each()
        return [self.source.column_of(label) for label in self.labels] if each else [self.source.column or self.name]

    def cells(self, target: Any) -> dict[str, Any]:
        """Return a table of the targets: column name -> cells [N], None or NaN where not annotated."""
        columns = target.toarray().T if hasattr(target, "toarray") else np.asarray(target).T
        return dict(zip(map(self.source.column_of, self.labels), columns, strict=True))

    # Targets, as annotations hold them

    def checked(self, target: Any) -> Any:
        """Return checked targets in the task's dtype, [N, labels]; class indices [N].

        Raises:
            InputError: The shape is wrong, a class code is unknown or a value is outside the bounds.
        """
        values = _dense(target)
        self._check_shape(values)
        return values

    def indicators(self, target: Any) -> Array:
        """Return targets with one column per label, float64 [N, labels], NaN where not annotated."""
        return _dense(target)

    def masked(self, target: Any, seen: npt.NDArray[np.bool_]) -> Array:
        """Return the targets, marked as missing where ``seen`` [N, labels] is false."""
        return np.where(seen, self.indicators(target), np.nan)

    def shown(self, indicators: Any) -> Any:
        """Return where a label is present, or has a value, bool [N, labels], from :meth:`indicators` or CSR."""
        return indicators > 0 if self.discrete else ~np.isnan(indicators)

    # From scores to predictions

    def activated(self, scores: Any) -> Any:
        """Return the probabilities or values of scores, of the same tensor type and shape [N, labels]."""
        return scores

    def mean_scores(self, scores: Any) -> Any:
        """Return scores [N, labels] whose probabilities or values are the means over K members, [K, N, labels]."""
        return scores.mean(0)

    def predicted(self, values: Array, thresholds: Any = 0.5) -> Array:
        """Return the predicted targets.

        Args:
            values: Probabilities or values [N, labels].
            thresholds: Probabilities [labels] from which a label is present, for :attr:`binary` tasks.
        """
        return values

    def named(self, predicted: Array) -> dict[str, list[Any]]:
        """Return predictions by name: ``{"class": names [N]}``, ``{"tags": lists of names [N]}`` or ``{}``."""
        return {}

    def _check_shape(self, target: Any) -> None:
        if target.ndim != 2 or target.shape[1] != len(self):
            raise InputError(f"task {self.name!r}: targets of shape {target.shape}", expected=f"[N, {len(self)}]")


def _dense(target: Any) -> Array:
    return np.asarray(target.toarray() if hasattr(target, "toarray") else target, dtype=np.float64)
