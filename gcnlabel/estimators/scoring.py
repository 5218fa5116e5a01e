"""Scorer that ignores missing targets, for ``scoring=`` of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError
from gcnlabel.estimators.labels import listed_target, tag_lists, tag_table, with_new_tags

Array = npt.NDArray[Any]
Average = Literal["macro", "micro", "samples"]


@dataclass(frozen=True)
class MaskedScorer:
    """A scorer that ignores missing targets; scikit-learn's own raise an error for NaN.

    Args:
        score_func: A scikit-learn metric ``(y_true, y_score) -> float``, such as ``f1_score`` or ``roc_auc_score``.
        response_method: Method of the estimator for ``y_score``: ``predict`` or ``predict_proba``.
        average: ``macro`` for the mean over tags or dimensions, each on the samples that annotate it; ``micro`` for all
            annotated cells together; ``samples`` for the mean over samples, each on its annotated tags, as for
            ``label_ranking_average_precision_score``. Undefined values, such as the AUC of a tag without positive
            samples, are ignored.
        greater_is_better: False for a loss, whose sign is then changed.
        options: Further arguments of ``score_func``.

    Example:
        >>> from sklearn.metrics import f1_score
        >>> class Always:
        ...     def predict(self, X):
        ...         return np.ones((len(X), 2))
        >>> MaskedScorer(f1_score)(Always(), np.zeros((2, 1)), np.array([[1.0, 0.0], [1.0, np.nan]]))
        0.5
    """

    score_func: Callable[..., float]
    response_method: Literal["predict", "predict_proba"] = "predict"
    average: Average = "macro"
    greater_is_better: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """Return the score of a fitted estimator on features [N, D] and targets [N, columns] with missing values.

        Raises:
            InputError: Targets and predictions have different shapes, or all values are undefined.
        """
        found = np.asarray(getattr(estimator, self.response_method)(X), dtype=np.float64)
        truth = _table(y, getattr(estimator, "classes_", None))
        found = found.reshape(len(found), -1)
        if tag_lists(y) is not None:  # with tags that have no training samples
            found = np.pad(found, ((0, 0), (0, max(truth.shape[1] - found.shape[1], 0))))
        if truth.shape != found.shape:
            raise InputError(f"targets of shape {list(truth.shape)}, predictions of shape {list(found.shape)}")
        with np.errstate(invalid="ignore"):
            values = np.array([self._value(*pair) for pair in self._pairs(truth, found)])
        values = values[np.isfinite(values)]
        if not len(values):
            raise InputError("all scores are undefined", expected="positive and negative annotated targets", where="y")
        return float(values.mean()) * (1 if self.greater_is_better else -1)

    def _pairs(self, truth: Array, found: Array) -> Iterator[tuple[Array, Array]]:
        """Yield the groups of targets and predictions that are scored together, without missing ones."""
        seen = ~np.isnan(truth)
        if self.average == "micro":
            yield truth[seen], found[seen]
        elif self.average == "macro":
            yield from ((truth[s, c], found[s, c]) for c, s in enumerate(seen.T) if s.any())
        else:
            yield from ((truth[n, s][None], found[n, s][None]) for n, s in enumerate(seen) if s.any())

    def _value(self, truth: Array, found: Array) -> float:
        if self.response_method == "predict_proba" and self.average != "samples" and len(np.unique(truth)) < 2:
            return np.nan  # curves and ranks need positives and negatives
        return float(self.score_func(truth, found, **self.options))


def _table(y: Any, classes: Any) -> Array:
    """Return targets as numbers [N, columns], NaN where missing."""
    lists = tag_lists(y)
    if lists is not None and classes is not None:
        return listed_target(lists, with_new_tags(lists, classes.tolist()))
    values = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    values = values.reshape(len(values), -1)
    if classes is not None:
        return tag_table(values, classes.tolist())
    return values.astype(np.float64)
