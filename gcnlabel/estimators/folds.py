"""Stratified folds for multi-label and missing targets, for ``cv=`` of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length

from gcnlabel.annotations import Annotations, stratified_split
from gcnlabel.errors import InputError
from gcnlabel.estimators.inferred import inferred_tasks
from gcnlabel.estimators.labels import listed_classes, listed_target, tag_lists, tag_table
from gcnlabel.estimators.layouts import layout_of
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet

Rows = npt.NDArray[np.int64]


@dataclass
class LabelKFold:
    """K folds, stratified by classes, tags and ranges of dimensions (iterative stratification).

    scikit-learn's ``cv=5`` refuses missing values in ``y`` of a classifier; a splitter such as this one or ``KFold(5)``
    accepts them. See :func:`gcnlabel.annotations.stratified_split`.

    Args:
        n_splits: Number of folds, K.
        tasks: Tasks in ``y``, as in :class:`~gcnlabel.estimators.LabelGraphEstimator`; None to read ``y`` like
            :class:`~gcnlabel.estimators.LabelGraphClassifier`, or infer the tasks of a frame.
        random_state: Seed or generator.

    Example:
        >>> y = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, np.nan], [0, np.nan]])
        >>> [np.nansum(y[test], axis=0).tolist() for _, test in LabelKFold(2).split(y, y)]
        [[1.0, 1.0], [1.0, 1.0]]
    """

    n_splits: int = 5
    tasks: TaskSet | Mapping[str, Any] | None = None
    random_state: Any = 0

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds."""
        return self.n_splits

    def split(self, X: Any, y: Any, groups: Any = None) -> Iterator[tuple[Rows, Rows]]:
        """Yield the training and test rows of each fold; samples of a group stay together.

        Raises:
            InputError: There are fewer than two folds or more folds than samples, or targets are invalid.
        """
        if self.n_splits < 2:
            raise InputError(f"n_splits={self.n_splits}", expected="2 or more")
        annotations = self._annotations(y)
        check_consistent_length(X, next(iter(annotations.targets.values())))
        if groups is not None:
            annotations = Annotations(annotations.tasks, annotations.targets, groups=np.asarray(groups).astype(str))
        shares = {str(fold): 1 / self.n_splits for fold in range(self.n_splits)}
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        for rows in stratified_split(annotations, shares, seed).values():
            yield np.setdiff1d(np.arange(len(annotations)), rows), rows

    def _annotations(self, y: Any) -> Annotations:
        if self.tasks is not None:
            tasks = self.tasks if isinstance(self.tasks, TaskSet) else TaskSet.from_dict(self.tasks, where="tasks")
            return layout_of(y).read(y, tasks)
        lists = tag_lists(y)
        if lists is not None:
            classes = listed_classes(lists).tolist()
            return _tags(listed_target(lists, classes), classes)
        if hasattr(y, "columns"):
            found = inferred_tasks(y)
            return layout_of(y, found.values).read(y, found.tasks)
        values = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
        if values.ndim == 2:
            return _tags(tag_table(values, range(values.shape[1])), range(values.shape[1]))
        names, codes = np.unique(values, return_inverse=True)
        return Annotations(TaskSet([Categorical("class", tuple(map(str, names)))]), {"class": codes})


def _tags(table: npt.NDArray[Any], names: Any) -> Annotations:
    return Annotations(TaskSet([MultiLabel("labels", tuple(map(str, names)))]), {"labels": table})
