"""Estimator of several tasks: classes, tags and dimensions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, check_is_fitted, validate_data
from torch.nn.functional import pad
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.estimators.base import Array, LabelGraphBase
from gcnlabel.estimators.class_weights import of_tasks
from gcnlabel.estimators.continuing import all_or_nothing
from gcnlabel.estimators.inferred import inferred_tasks, with_new_labels
from gcnlabel.estimators.labels import say_new
from gcnlabel.estimators.layouts import layout_of
from gcnlabel.estimators.probabilities import Probabilities
from gcnlabel.estimators.row_order import warn_of_other_order
from gcnlabel.tasks import TaskSet

CODED = "y=None, params={'targets': y} in cross_val_predict, which writes ranks for the values of y"


def task_set(tasks: TaskSet | Mapping[str, Any] | str | Path) -> TaskSet:
    """Return tasks, or those that a dict or a YAML file declares."""
    if isinstance(tasks, str | Path):
        return TaskSet.from_yaml(tasks)
    return tasks if isinstance(tasks, TaskSet) else TaskSet.from_dict(tasks, where="tasks")


def _may_have_probabilities(estimator: Any) -> bool:
    tasks = getattr(estimator, "tasks_", None) or estimator.tasks
    return tasks is None or any(task.discrete for task in task_set(tasks))


@dataclass(eq=False, repr=False)
class LabelGraphEstimator(LabelGraphBase):
    """An estimator for several tasks of any types, with missing targets.

    Further arguments and attributes are those of :class:`~gcnlabel.estimators.base.LabelGraphBase`.

    Targets are given, and predictions returned, in one of three layouts:

    * a pandas or polars frame: one column per categorical task (names), tag (0 / 1) and dimension, empty where missing;
    * an array [N, columns] of numbers, in the order of the tasks: one column per categorical task (indices), tag and
      dimension; NaN where missing;
    * a dict: task -> class names [N], or values [N, labels]. scikit-learn cannot split dicts: no grid search.

    Args:
        tasks: A :class:`~gcnlabel.tasks.TaskSet`, a dict of declarations, name -> ``{"type": ..., ...}``, or a YAML
            file of them. None to infer the tasks from the columns of a frame, with a warning, see
            :func:`~gcnlabel.estimators.inferred.inferred_tasks`.
        calibrate: How to calibrate the predictions of dimensions on the training samples: ``auto``, ``moments``,
            ``regression`` or ``none``, see :class:`~gcnlabel.estimators.LabelGraphRegressor`.
        class_weight: ``balanced`` for all classes and tags; or task -> ``class_weight`` of
            :class:`~gcnlabel.estimators.LabelGraphClassifier`, with the names of the labels. They weight the losses
            (for classes as the weighted mean of each batch, as ``torch.nn.CrossEntropyLoss``), not the label graph.

    Example:
        >>> tasks = {
        ...     "mood": {"type": "categorical", "classes": ["sad", "glad"]},
        ...     "affect": {"type": "dimensional", "dims": ["valence"]},
        ... }
        >>> X = np.linspace(-1, 1, 40)[:, None]
        >>> y = np.hstack([X > 0, X])
        >>> model = LabelGraphEstimator(tasks, random_state=0).fit(X, y)
        >>> model.predict([[-0.5], [0.5]])[:, 0].tolist(), list(model.predict_proba(X))
        ([0.0, 1.0], ['mood'])
    """

    tasks: TaskSet | Mapping[str, Any] | str | Path | None = None
    calibrate: str = field(default="auto", kw_only=True)
    class_weight: Mapping[str, Any] | str | None = field(default=None, kw_only=True)

    @all_or_nothing
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, targets: Any = None) -> Self:
        """Train on features [N, D], dense or sparse, and targets in any layout, which predictions will also have.

        Args:
            X: The features.
            y: The targets.
            sample_weight: Weight of each sample in training, [N].
            targets: The targets, instead of ``y``. scikit-learn's ``cross_val_predict(..., method="predict_proba")``
                replaces the columns of ``y`` by ranks, but does not change ``params={"targets": y}``.

        Raises:
            InputError: Arguments, tasks or targets are invalid.
        """
        if y is not None and targets is not None:
            raise InputError("y and targets are given", expected="one of them")
        y = targets if y is None else y
        warn_of_other_order(X, y)
        checks = {"dtype": np.float64, "ensure_min_samples": 2, "accept_sparse": "csr"}
        X = validate_data(self, X, reset=not self._goes_on(), **checks)
        tasks, values = self._tasks(y)
        self._layout = layout_of(y, values)
        annotations = self._layout.read(y, tasks)
        check_consistent_length(X, next(iter(annotations.targets.values())))
        weights = {} if self.class_weight is None else self._class_weights(X, annotations, sample_weight)
        self._train(X, annotations, sample_weight, weights)
        return self

    def _class_weights(self, X: Any, annotations: Annotations, sample_weight: Any) -> dict[str, Any]:
        weights = _check_sample_weight(sample_weight, X, ensure_non_negative=True, dtype=np.float64)
        return of_tasks(self.class_weight, annotations, weights)

    def _tasks(self, y: Any) -> tuple[TaskSet, Mapping[str, Mapping[str, Any]]]:
        if self.tasks is not None or y is None:
            return task_set(self.tasks or {}), {}
        found = inferred_tasks(y)
        names = "; ".join(f"{task.name} ({task.type}): {shorten(task.labels, 20)}" for task in found.tasks)
        warnings.warn(f"tasks inferred from the columns of y: {names}{found.hint}", GcnlabelWarning, stacklevel=3)
        return found.tasks, found.values

    def predict(self, X: Any) -> Any:
        """Return the most probable classes, the tags with probability >= 0.5 and the values, in the layout of ``y``.

        A pandas frame has the index of X.
        """
        values = self._values(X)
        return self._layout.write({t.name: t.predicted(values[t.name]) for t in self.tasks_}, self.tasks_, X)

    @available_if(_may_have_probabilities)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Probabilities:
        """Return a dict: task with classes or tags -> probabilities [N, labels]; missing if there is no such task.

        The dict can also be indexed by samples and concatenated, as ``cross_val_predict`` does.
        """
        values = self._values(X)
        return Probabilities({task.name: values[task.name] for task in self.tasks_ if task.discrete})

    @property
    def classes_(self) -> Array:
        """Names of the tags, if all tasks are multi-label."""
        check_is_fitted(self)
        if all(task.binary for task in self.tasks_):
            return np.array(self.tasks_.labels)
        raise AttributeError(
            f"LabelGraphEstimator has no classes_ for several types of tasks\n  to do: after cross_val_predict, {CODED}"
        )

    def score(self, X: Any, y: Any) -> float:
        """Return the mean over the tasks of macro-F1 (classes), LRAP (tags) and mean CCC (dimensions).

        Missing targets are ignored; see :mod:`gcnlabel.metrics.main_metrics`. If the tasks are inferred from a frame,
        classes and listed tags that are not in the training samples are never predicted; a warning says so.
        """
        from gcnlabel.metrics.main_metrics import mean_main_metric

        tasks = with_new_labels(self.tasks_, y) if self.tasks is None else self.tasks_
        say_new([label for label in tasks.labels if label not in self.tasks_.labels])
        scores = {name: torch.from_numpy(values) for name, values in self._scores(X).items()}
        for task in tasks:
            of_task = scores[task.name]
            scores[task.name] = pad(of_task, (0, len(task) - of_task.shape[1]), value=float(of_task.min()) - 1)
        return mean_main_metric(tasks, scores, targets_to_tensors(layout_of(y).read(y, tasks)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
