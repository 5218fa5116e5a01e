"""Labels that never occur in annotations."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import sparse

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.errors import GcnlabelWarning, shorten


def unseen_labels(annotations: Annotations) -> list[str]:
    """Return the classes and tags without a positive sample, and the dimensions without a value."""
    names: list[str] = []
    for task in annotations.tasks:
        target = annotations.targets[task.name]
        shown = task.shown(target if sparse.issparse(target) else task.indicators(target))
        counts = np.asarray(shown.sum(0)).ravel()
        names += [label for label, count in zip(task.labels, counts, strict=True) if count == 0]
    return names


def warn_unseen(annotations: Annotations) -> None:
    """Warn of the labels that never occur in the annotations: a model cannot learn them."""
    names = unseen_labels(annotations)
    if names:
        text = f"{len(names)} label(s) never occur in the training data: {shorten(names)}"
        warnings.warn(text, GcnlabelWarning, stacklevel=2)
