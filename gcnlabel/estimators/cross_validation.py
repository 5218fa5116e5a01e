"""Probabilities and values of samples by models that were not fitted on them."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline
from typing_extensions import Self

from gcnlabel.estimators.base import Array


class _Values(BaseEstimator):  # type: ignore[misc]
    """An estimator whose ``predict`` returns what the given one's ``predict_values`` does."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Any, y: Any, **options: Any) -> Self:
        self.fitted_ = clone(self.estimator).fit(X, y, **options)
        return self

    def predict(self, X: Any) -> Array:
        model = self.fitted_
        if isinstance(model, Pipeline):
            X, model = model[:-1].transform(X), model[-1]
        found: Array = model.predict_values(X)
        return found


def cross_val_values(estimator: Any, X: Any, y: Any, **options: Any) -> Array:
    """Return the probabilities of classes and tags and the values of dimensions [N, labels], each by another fold.

    ``cross_val_predict(..., method="predict_proba")`` is none for several types of tasks: scikit-learn fits on codes in
    place of the values of ``y`` then, also of dimensions.

    Args:
        estimator: A :class:`~gcnlabel.estimators.LabelGraphEstimator`, or a pipeline that ends in one.
        X: Features [N, D].
        y: Targets, as a frame or an array.
        options: Of :func:`sklearn.model_selection.cross_val_predict`, as ``cv`` and ``n_jobs``.
    """
    found: Array = cross_val_predict(_Values(estimator), X, y, **options)
    return found
