"""Default number of epochs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations

EPOCHS = 50
MIN_EPOCHS = 5
SHOWN = 3000
"""Number of positive samples of an average tag, summed over all epochs.

Chosen among 2,000, 3,000 and 4,000 by three folds of the training splits of five Mulan sets, linear and graph heads.
"""


def epochs_for(annotations: Annotations, weights: npt.NDArray[np.float64]) -> int:
    """Return 50; if all tasks are tags, fewer (at least 5), for 3,000 positive samples of the average tag.

    A frequent tag is learned in few epochs, and more epochs overfit; a rare one needs all epochs.

    Args:
        annotations: Training samples, N.
        weights: Weight of each sample, [N].

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> tags = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> of = [Annotations(tags, {"tags": np.tile([[1.0, 0.0], [1.0, 1.0]], (n, 1))}) for n in (10, 100, 1000)]
        >>> [epochs_for(samples, np.ones(len(samples))) for samples in of]
        [50, 20, 5]
    """
    if not all(task.binary for task in annotations.tasks):
        return EPOCHS
    present = [np.nan_to_num(annotations.indicators(task.name)) for task in annotations.tasks]
    shown = len(weights) * float((weights @ np.hstack(present)).mean() / weights.sum())
    return int(np.clip(np.ceil(SHOWN / max(shown, 1)), MIN_EPOCHS, EPOCHS))
