"""Regressor of one or several dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_consistent_length, validate_data
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.base import Array, LabelGraphBase
from gcnlabel.estimators.continuing import all_or_nothing
from gcnlabel.estimators.row_order import warn_of_other_order
from gcnlabel.estimators.texts import column_names
from gcnlabel.tasks import Dimensional, TaskSet


@dataclass(kw_only=True, eq=False, repr=False)
class LabelGraphRegressor(RegressorMixin, LabelGraphBase):  # type: ignore[misc]
    """A regressor for one or several dimensions.

    Arguments and attributes are those of :class:`~gcnlabel.estimators.base.LabelGraphBase`, except for two defaults and
    one more argument. The default loss is ``mse``, because ``score`` is R². The default head is ``linear``: the
    ``default`` head is for dimensions together with classes or tags, and its cosine scores fit well predictable
    dimensions badly.

    Args:
        calibrate: How to calibrate predictions on the training samples: ``regression`` (least squares, best for R²),
            ``moments`` (mean and deviation of the targets, best for CCC), ``none``, or ``auto`` (``moments`` for the
            loss ``ccc``, ``regression`` for ``mse``).

    Example:
        >>> X = np.linspace(0, 1, 40)[:, None]
        >>> model = LabelGraphRegressor(random_state=0).fit(X, 3 * X[:, 0] + 100)
        >>> model.score(X, 3 * X[:, 0] + 100) > 0.9
        True
    """

    head: str | Mapping[str, Any] = "linear"
    loss: str | Mapping[str, str] | None = "mse"
    calibrate: str = "regression"

    @all_or_nothing
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on samples.

        Args:
            X: Features [N, D], dense or sparse; converted to dense float32 for training.
            y: Values [N] or [N, dims], NaN where not annotated. The columns of a frame are names of dimensions.
            sample_weight: Weight of each sample in training, [N].

        Raises:
            InputError: Arguments or targets are invalid.
        """
        warn_of_other_order(X, y)
        names = column_names(y)
        y_params = {"ensure_2d": False, "dtype": np.float64, "ensure_all_finite": "allow-nan"}
        checks = ({"dtype": np.float64, "ensure_min_samples": 2, "accept_sparse": "csr"}, y_params)
        X, y = validate_data(self, X, y, reset=not self._goes_on(), validate_separately=checks)
        check_consistent_length(X, y)
        self._is_vector = y.ndim == 1
        target = y[:, None] if self._is_vector else y
        labels = tuple(str(name) for name in (range(target.shape[1]) if names is None else names))
        self._train(X, Annotations(TaskSet([Dimensional("dimensions", labels)]), {"dimensions": target}), sample_weight)
        return self

    def predict(self, X: Any) -> Array:
        """Return the values, [N] or [N, dims] like ``y``."""
        (values,) = self._scores(X).values()
        return values[:, 0] if self._is_vector else values

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R² on annotated values, averaged over the dimensions."""
        values = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        found = self.predict(X).reshape(values.shape)
        weights = np.ones(len(values)) if sample_weight is None else np.asarray(sample_weight)
        seen = ~np.isnan(values)
        parts = [r2_score(values[s, d], found[s, d], sample_weight=weights[s]) for d, s in enumerate(seen.T) if s.any()]
        return float(np.mean(parts))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
