"""Classifier of classes or tags."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, column_or_1d, validate_data
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.estimators.base import Array, LabelGraphBase
from gcnlabel.estimators.class_weights import of_classes, of_tags
from gcnlabel.estimators.continuing import all_or_nothing
from gcnlabel.estimators.labels import (
    as_dense,
    as_numbers,
    listed_classes,
    listed_target,
    tag_lists,
    tag_table,
    with_new_tags,
)
from gcnlabel.estimators.row_order import warn_of_other_order
from gcnlabel.estimators.texts import check_classes, column_names
from gcnlabel.estimators.thresholds import thresholds_of
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet

FEATURES = {"dtype": np.float64, "ensure_min_samples": 2, "accept_sparse": "csr"}


@dataclass(kw_only=True, eq=False, repr=False)
class LabelGraphClassifier(ClassifierMixin, LabelGraphBase):  # type: ignore[misc]
    """A classifier for one task: classes of any type, or tags.

    Further arguments and attributes are those of :class:`~gcnlabel.estimators.base.LabelGraphBase`.

    Args:
        class_weight: None for 1, or one of these forms; missing entries of a dict have weight 1.

            * Classes: class -> weight of its samples, which multiplies ``sample_weight``; ``balanced`` for the same
              total weight of all classes, ``n / (k n_c)`` for n samples and k classes.
            * Tags: ``{0: w, 1: w}``, loss weights of absent and present tags; a list of such dicts, one per tag in the
              order of ``classes_``; a dict tag -> such a dict; ``balanced`` for the same total weight of absent and
              present samples of each tag, ``n / (2 n_v)`` for the n samples that annotate it. Each tag has its own
              weights, like the estimators in scikit-learn's ``MultiOutputClassifier`` (its trees multiply those of all
              tags of a sample instead). The label graph is not weighted.

        threshold: Decision threshold of a tag, or of the second of two classes, as a probability: a number; one per
            tag; or ``f1`` for the thresholds with the best F1 in a 4-fold cross-validation. For rare labels, the best
            threshold is often far below 0.5.

    Attributes:
        thresholds_: Decision thresholds [tags], or [1] for two classes.
        classes_: The sorted classes; for tags their column names, the sorted names in lists, or numbers from 0.

    Example:
        >>> X = np.array([[0.0], [0.2], [0.8], [1.0]] * 5)
        >>> y = ["sad", "sad", "happy", "happy"] * 5
        >>> model = LabelGraphClassifier(max_iter=20, random_state=0).fit(X, y)
        >>> model.predict([[0.1], [0.9]]).tolist()
        ['sad', 'happy']
    """

    class_weight: Mapping[Any, Any] | Sequence[Mapping[int, float]] | str | None = None
    threshold: float | Sequence[float] | str = 0.5

    @all_or_nothing
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on samples.

        Args:
            X: Features [N, D], dense or sparse; converted to dense float32 for training.
            y: Classes [N], of any sortable type; or tags: an array or frame with one column per tag [N, tags] of 0 / 1,
                -1 / 1, booleans or words such as yes and no, NaN where not annotated; or a list or set of tags per
                sample, None where not annotated.
            sample_weight: Weight of each sample [N], in training and in statistics of the training samples.

        Raises:
            InputError: Arguments or targets are invalid.
        """
        warn_of_other_order(X, y)
        lists = tag_lists(y)
        self._is_listed = lists is not None
        if lists is not None:
            X = validate_data(self, X, reset=not self._goes_on(), **FEATURES)
            self.classes_ = listed_classes(lists)
            target: Any = listed_target(lists, self.classes_.tolist())
        else:
            X, target = self._read(X, y)
        check_consistent_length(X, target)
        self.thresholds_ = self._thresholds(X, target, sample_weight)
        self._fit_target(X, target, sample_weight)
        return self

    def _fit_target(self, X: Any, target: Array, sample_weight: Any) -> None:
        """Train on tags [N, tags] or indices of classes [N]."""
        names = self._label_names()
        task = MultiLabel("labels", names) if target.ndim == 2 else Categorical("class", names)
        weights, tag_weights = self._weights(X, target, sample_weight)
        self._train(X, Annotations(TaskSet([task]), {task.name: target}), weights, tag_weights)

    def _thresholds(self, X: Any, target: Array, sample_weight: Any) -> Array:
        """Return the decision thresholds: [tags], [1] for two classes, or [0] for more classes."""
        if target.ndim == 1 and len(self.classes_) != 2:
            if self.threshold != 0.5:
                what = f"threshold={self.threshold!r} of {len(self.classes_)} classes"
                raise InputError(what, expected="0.5: the most probable class is predicted")
            return np.empty(0)
        weights = np.ones(len(target)) if sample_weight is None else np.asarray(sample_weight)
        columns = target[:, None].astype(np.float64) if target.ndim == 1 else target

        def found(train: Array, test: Array) -> Array:
            model = copy.copy(self)
            for name in ("feature_names_in_", "_kept"):  # X is an array; a warm start has seen test rows
                model.__dict__.pop(name, None)
            model._fit_target(X[train], target[train], weights[train])
            return model.predict_proba(X[test])[:, -columns.shape[1] :]

        return thresholds_of(self.threshold, columns, found)

    def _read(self, X: Any, y: Any) -> tuple[Any, Array]:
        """Return features, and tags [N, tags] or indices of classes [N]."""
        names = column_names(y)
        y_params = {"ensure_2d": False, "dtype": None, "ensure_all_finite": "allow-nan", "accept_sparse": True}
        checks = (FEATURES, y_params)
        X, y = validate_data(self, X, as_numbers(y), reset=not self._goes_on(), validate_separately=checks)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1]) if names is None else np.asarray(names)
            return X, tag_table(as_dense(y), self.classes_.tolist())
        y = column_or_1d(as_dense(y), warn=True)
        check_classes(y)
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        return X, target

    def _weights(self, X: Any, target: Array, sample_weight: Any) -> tuple[Any, dict[str, Any]]:
        """Return the weights of samples [N] or None, and the (absent, present) weights of tags."""
        if self.class_weight is None:
            return sample_weight, {}
        weights = _check_sample_weight(sample_weight, X, ensure_non_negative=True, dtype=np.float64)
        classes = self.classes_.tolist()
        if target.ndim == 1:
            counts = np.bincount(target, weights, len(classes))
            return weights * of_classes(self.class_weight, classes, counts)[target], {}
        counts = np.stack([weights @ (target == value) for value in (0, 1)], axis=1)
        found = of_tags(self.class_weight, classes, counts).tolist()
        return sample_weight, {"labels": dict(zip(self._label_names(), found, strict=True))}

    def predict(self, X: Any) -> Array:
        """Return the most probable class [N], or 0 / 1 for each tag [N, tags]; see ``threshold``."""
        values = self.predict_proba(X)
        if self._has_tags():
            return (values >= self.thresholds_).astype(np.int64)
        if len(self.thresholds_) and self.thresholds_[0] != 0.5:
            return self.classes_[(values[:, 1] >= self.thresholds_[0]).astype(np.int64)]
        return self.classes_[values.argmax(1)]

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class or tag, [N, labels], in the order of ``classes_``."""
        (found,) = self._values(X).values()
        return found

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy: the fraction of samples whose class, or every annotated tag, is predicted correctly.

        Classes and listed tags that are not in the training samples, as in a fold, are never predicted; for tags, a
        warning says so.
        """
        predicted = self.predict(X)
        if not self._has_tags():
            return float(super().score(X, y, sample_weight))
        y = self._tags_of(y)
        predicted = np.pad(predicted, ((0, 0), (0, y.shape[1] - predicted.shape[1])))
        return float(np.average(((predicted == y) | np.isnan(y)).all(1), weights=sample_weight))

    def _tags_of(self, y: Any) -> Array:
        lists = tag_lists(y, tables=not self._is_listed)
        if lists is not None:
            return listed_target(lists, with_new_tags(lists, self.classes_.tolist()))
        return tag_table(np.asarray(as_dense(as_numbers(y))), self.classes_.tolist())

    def _has_tags(self) -> bool:
        return next(iter(self.tasks_)).binary

    def _label_names(self) -> tuple[str, ...]:
        return tuple(str(label) for label in self.classes_.tolist())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
