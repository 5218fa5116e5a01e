"""Classes, or any number of tags at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, column_or_1d, validate_data
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.estimators.base import Array, LabelGraphBase
from gcnlabel.estimators.meaning import probabilities
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet


class LabelGraphClassifier(ClassifierMixin, LabelGraphBase):  # type: ignore[misc]
    """A classifier for one task: classes of any type, or tags.

    Arguments and further attributes are those of :class:`~gcnlabel.estimators.base.LabelGraphBase`.

    Attributes:
        classes_: The classes, sorted; of tags their column names, or else numbers from 0.

    Example:
        >>> X = np.array([[0.0], [0.2], [0.8], [1.0]] * 5)
        >>> y = ["sad", "sad", "happy", "happy"] * 5
        >>> model = LabelGraphClassifier(max_iter=20, random_state=0).fit(X, y)
        >>> model.predict([[0.1], [0.9]]).tolist()
        ['sad', 'happy']
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on samples.

        Args:
            X: Features [N, D].
            y: Classes [N], of any type that can be sorted; or tags, 0 / 1 [N, tags], NaN where one is not annotated.
                The columns of a frame name the tags.

        Raises:
            InputError: Arguments or targets cannot be used.
        """
        names = getattr(y, "columns", None)
        y_params: dict[str, Any] = {"ensure_2d": False, "dtype": None, "ensure_all_finite": "allow-nan"}
        checks = ({"dtype": np.float64, "ensure_min_samples": 2}, {**y_params, "accept_sparse": True})
        X, y = validate_data(self, X, y, validate_separately=checks)
        check_consistent_length(X, y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1]) if names is None else np.asarray(names)
            task, target = MultiLabel("labels", self._label_names()), _dense(y)
        else:
            y = column_or_1d(_dense(y), warn=True)
            check_classification_targets(y)
            self.classes_, target = np.unique(y, return_inverse=True)
            task = Categorical("class", self._label_names())  # type: ignore[assignment]
        self._train(X, Annotations(TaskSet([task]), {task.name: target}))
        return self

    def predict(self, X: Any) -> Array:
        """Return the most probable class [N], or 0 / 1 for each tag [N, tags]: 1 where its probability is above 0.5."""
        found = self.predict_proba(X)
        return (found > 0.5).astype(np.int64) if self._has_tags() else self.classes_[found.argmax(1)]

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class or tag, [N, labels], in the order of ``classes_``."""
        (scores,) = self._scores(X).values()
        (task,) = self.tasks_
        return probabilities(task, scores)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the share of samples that are right: their class, or every tag of theirs that is annotated."""
        predicted = self.predict(X)
        if not self._has_tags():
            return float(super().score(X, y, sample_weight))
        y = np.asarray(_dense(y), dtype=np.float64)
        return float(np.average(((predicted == y) | np.isnan(y)).all(1), weights=sample_weight))

    def _has_tags(self) -> bool:
        return isinstance(next(iter(self.tasks_)), MultiLabel)

    def _label_names(self) -> tuple[str, ...]:
        return tuple(str(label) for label in self.classes_.tolist())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _dense(y: Any) -> Any:
    return y.toarray() if sparse.issparse(y) else y
