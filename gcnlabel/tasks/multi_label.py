"""Multi-label classification: each sample has any number of tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from gcnlabel.errors import InputError
from gcnlabel.tasks.task import Array, Task


@dataclass(frozen=True)
class MultiLabel(Task):
    """A task of any number of tags per sample, e.g. the objects of an image.

    Targets are 0 / 1, float32 [N, labels], NaN where not annotated; or a scipy CSR matrix of 0 / 1 without missing
    values.

    Attributes:
        unknown: How metrics of decisions (F1, CP .. OF1, Hamming loss, subset accuracy) and tuned thresholds treat a
            tag that is not annotated: ``left-out`` or ``negative``. mAP, ranking metrics, losses and statistics always
            leave it out. Tasks compare equal regardless of it.

    Example:
        >>> len(MultiLabel("tags", ["cat", "dog"]))
        2
    """

    unknown: str = field(default="left-out", kw_only=True, compare=False)

    type: ClassVar[str] = "multilabel"
    options: ClassVar[tuple[str, ...]] = ("unknown",)
    noun: ClassVar[str] = "tag"
    discrete: ClassVar[bool] = True
    activation: ClassVar[str] = "sigmoid"
    targets: ClassVar[str] = "tags"
    loss: ClassVar[str] = "bce"
    metrics: ClassVar[str] = "tags"
    main_metric: ClassVar[str] = "lrap"

    def __post_init__(self) -> None:
        """Check the names and ``unknown``."""
        super().__post_init__()
        if self.unknown not in ("left-out", "negative"):
            raise InputError(f"task {self.name!r}: unknown: {self.unknown!r}", expected="left-out | negative")

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return super().to_dict() | ({} if self.unknown == "left-out" else {"unknown": self.unknown})

    def has_column_each(self) -> bool:
        """Return whether a table has one column per tag."""
        return self.source.column is None

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        if self.has_column_each():
            return ("columns", "codes", "missing", "signed")
        return ("column", "negatives", "codes", "separator", "empty", "missing")

    def checked(self, target: Any) -> Any:
        """Return tags float32 [N, labels], or CSR."""
        if hasattr(target, "tocsr"):
            from scipy.sparse import csr_matrix

            target = csr_matrix(target)
        else:
            target = np.asarray(target, dtype=np.float32)
        self._check_shape(target)
        values = target.data if hasattr(target, "tocsr") else target
        if not ((values == 0) | (values == 1) | np.isnan(values)).all():
            raise InputError(f"task {self.name!r}: tags other than 0 and 1", expected="0, 1 or NaN (missing)")
        return target

    def activated(self, scores: Any) -> Any:
        """Return the probabilities, the logistic function of each score, [N, labels]."""
        return scores.sigmoid()

    def mean_scores(self, scores: Any) -> Any:
        """Return the logits ``log m - log(1 - m)`` of the mean probabilities m, computed in log space."""
        absent = -scores.logaddexp(0 * scores)
        return (scores + absent).logsumexp(0) - absent.logsumexp(0)

    def predicted(self, values: Array, thresholds: Any = 0.5) -> Array:
        """Return 1 for each tag whose probability reaches its threshold, else 0, int64 [N, labels]."""
        return np.asarray(values >= thresholds).astype(np.int64)

    def named(self, predicted: Array) -> dict[str, list[Any]]:
        """Return ``{"tags": lists of tag names [N]}``, each list in the order of the task."""
        return {"tags": [[self.labels[i] for i in np.flatnonzero(row)] for row in predicted]}
