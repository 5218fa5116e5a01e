"""Probabilities of several tasks that scikit-learn can index and concatenate like one array."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Probabilities(dict[str, Any]):
    """Task -> probabilities [N, labels]; any index other than a task name selects samples.

    Example:
        >>> found = Probabilities(mood=np.array([[0.2, 0.8], [0.6, 0.4]]), tags=np.array([[0.1], [0.9]]))
        >>> both = np.concatenate([found, found[[1]]])
        >>> both["tags"].tolist(), both[[2, 0]]["mood"].tolist()
        ([[0.1], [0.9], [0.9]], [[0.6, 0.4], [0.2, 0.8]])
    """

    def __getitem__(self, key: Any) -> Any:
        """Return the probabilities of a task, or of the samples selected by a NumPy index."""
        if isinstance(key, str):
            return super().__getitem__(key)
        return Probabilities({name: values[key] for name, values in self.items()})

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Implement ``np.concatenate`` along the samples."""
        if function is not np.concatenate or not all(isinstance(part, Probabilities) for part in args[0]):
            return NotImplemented
        tables: dict[str, npt.NDArray[Any]] = {}
        for name in args[0][0]:
            tables[name] = np.concatenate([part[name] for part in args[0]])
        return Probabilities(tables)
