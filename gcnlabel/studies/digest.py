"""Hash of data, to recognise unchanged data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse

from gcnlabel.data.graphs import Graphs
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.data.mapped_features import MappedFeatures, portions_of
from gcnlabel.data.texts import Texts
from gcnlabel.run.data import RunData


def digest(data: RunData) -> str:
    """Return a hash of the tasks, targets and inputs of all splits.

    Images on disk are not read: only their number and shape are included.
    """
    whole = hashlib.sha256(json.dumps(data.tasks.to_declarations(), sort_keys=True).encode())
    for name, part in data.parts.items():
        for values in (*part.annotations.targets.values(), part.inputs):
            whole.update(f"{name} {values.shape}".encode())
            for array in _arrays(values):
                whole.update(b"" if isinstance(array, LazyImages) else np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def _arrays(values: Any) -> Iterable[Any]:
    """Return the arrays that hold targets or inputs."""
    if isinstance(values, Graphs):
        return tuple(values.arrays().values())
    if isinstance(values, MappedFeatures):
        return portions_of(values)
    if isinstance(values, Texts):
        return (np.frombuffer(json.dumps(values[:]).encode(), dtype=np.uint8),)
    return (values.indptr, values.indices, values.data) if sparse.issparse(values) else (values,)
