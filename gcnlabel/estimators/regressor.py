"""One or several continuous dimensions."""

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
from gcnlabel.tasks import Dimensional, TaskSet


@dataclass(kw_only=True, eq=False, repr=False)
class LabelGraphRegressor(RegressorMixin, LabelGraphBase):  # type: ignore[misc]
    """A regressor for one or several dimensions.

    Arguments and attributes are those of :class:`~gcnlabel.estimators.base.LabelGraphBase`, but for two defaults and
    one argument more. The loss is ``mse``, since ``score`` is R². The head is ``linear``: what ``default`` stands for
    was chosen for dimensions beside classes or tags, and scores by angle, which it takes, follow a well predictable
    dimension badly.

    Args:
        calibrate: How predictions are brought to the scale of the targets, on the samples that are trained on:
            ``regression`` (least squares, which R² asks for), ``moments`` (mean and deviation of the targets, which CCC
            asks for), ``none``, or ``auto``: by the loss, ``moments`` for ``ccc`` and ``regression`` for ``mse``.

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
            X: Features [N, D], dense or sparse; in training they are dense, in single precision.
            y: Values [N], or [N, dims], NaN where one is not annotated. The columns of a frame name the dimensions.
            sample_weight: Weight of each sample [N]: how often it is trained on beside the others.

        Raises:
            InputError: Arguments or targets cannot be used.
        """
        warn_of_other_order(X, y)
        names = getattr(y, "columns", None)
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
        """Return the values [N] or [N, dims], as ``y`` was."""
        (values,) = self._scores(X).values()
        return values[:, 0] if self._is_vector else values

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R² over the values that are annotated, the mean over the dimensions."""
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
