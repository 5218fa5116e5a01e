"""Read arrays of features, and standardize them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn

from gcnlabel.annotations.npy_text import check_npy_size
from gcnlabel.data.feature_records import check_rows
from gcnlabel.data.mapped_features import MappedFeatures, map_npy, map_safetensors, portions_of
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file

MAX_IN_MEMORY = 2**29
"""Size in bytes (as float32) above which features are read from disk batch by batch."""

TABLES = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".xlsx")
"""Suffixes of tables, which are no files of features."""


def load_features(path: str | Path) -> npt.NDArray[np.float32] | MappedFeatures:
    """Return features [N, D] from a ``.npy``, or from a ``.npz`` or ``.safetensors`` file that holds one array.

    If they would take more than :data:`MAX_IN_MEMORY` bytes they stay in the file, and batches are read from it, except
    from a ``.npz``.

    Raises:
        InputError: The file has no such array or is pickled, a value is not finite (the message gives row and column),
            or its record has another number of rows.
    """
    path = existing_file(path, "features")
    mapped = _mapped(path)
    if mapped is not None and np.prod(mapped.shape, dtype=np.int64) * 4 > MAX_IN_MEMORY:
        check_rows(path, len(mapped))
        _check_finite(path, mapped)
        return mapped
    array = _read(path)
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise InputError(f"{path} is {array.dtype} of shape {list(array.shape)}", expected="numbers of shape [N, D]")
    check_rows(path, len(array))
    values = array.astype(np.float32)
    _check_finite(path, values)
    return values


def _mapped(path: Path) -> MappedFeatures | None:
    """Return features that are read from their file on demand; None if this is not possible."""
    try:
        if path.suffix == ".safetensors":
            mapped = map_safetensors(path)
        else:
            with path.open("rb") as file:
                if zipfile.is_zipfile(file):
                    return None
                file.seek(0)
                check_npy_size(file, path.stat().st_size)
            mapped = map_npy(path)
    except Exception:  # reading the whole file then reports the problem
        return None
    return mapped if mapped is not None and mapped.stored_dtype.kind in "iuf" else None


def _check_finite(path: Path, features: Any) -> None:
    before = 0
    for values in portions_of(features):
        if not np.isfinite(values).all():
            row, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
            raise InputError(f"{path} has {values[row, column]}", where=f"row {before + row}, column {column} (from 0)")
        before += len(values)


def _read(path: Path) -> npt.NDArray[np.generic]:
    try:
        arrays = load_file(path) if path.suffix == ".safetensors" else _numpy_arrays(path)
    except Exception as error:  # damaged headers and archives raise errors of many types
        table = path.suffix.lower() in TABLES
        raise InputError(
            f"{path} cannot be read: {'it is a table' if table else error}",
            expected=".npy, .npz or .safetensors, not pickled",
            fix="save its columns of numbers as an array, in the row order of the annotations: numpy.save("
            f"{path.with_suffix('.npy').name!r}, frame[columns].to_numpy())"
            if table
            else None,
        ) from error
    if len(arrays) != 1:
        raise InputError(f"{path} has {len(arrays)} arrays", expected="one")
    return next(iter(arrays.values()))


def _numpy_arrays(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    with path.open("rb") as file:  # numpy leaves a damaged archive open
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for entry in archive.infolist():
                    with archive.open(entry) as member:
                        check_npy_size(member, entry.file_size)
        else:
            file.seek(0)
            check_npy_size(file, path.stat().st_size)
        file.seek(0)
        loaded = np.load(file, allow_pickle=False)
        return {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)


SPARSE = 0.9
"""Fraction of zeros from which features count as sparse, e.g. word counts, k-mers and fingerprints."""


def is_sparse(features: Any) -> bool:
    """Return whether most values of features are 0.

    Example:
        >>> is_sparse(np.eye(20)), is_sparse(np.ones((2, 3)))
        (True, False)
    """
    filled = sum(np.count_nonzero(rows) for rows in portions_of(features))
    return bool(filled <= (1 - SPARSE) * np.prod(features.shape, dtype=np.int64))


class Standardize(nn.Module):
    """Module that standardizes features: ``(x - mean) / sd``.

    Args:
        mean: Means [D].
        sd: Standard deviations [D]; 1 for constant features.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, mean: Tensor, sd: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("sd", sd)

    @classmethod
    def fit(cls, features: Any) -> Standardize:
        """Return the scaling of the training features [N, D], an array or :class:`MappedFeatures`.

        The file is read twice, a few rows at a time: for the mean, then for the squared deviations.

        Example:
            >>> Standardize.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))(torch.tensor([[3.0, 5.0]])).tolist()
            [[1.0, 0.0]]
        """
        mean = sum(rows.sum(0, dtype=np.float64) for rows in portions_of(features)) / len(features)
        squares = sum(np.square(rows - mean).sum(0) for rows in portions_of(features))
        sd = np.sqrt(squares / len(features))
        sd[sd < 1e-12] = 1.0
        return cls(torch.tensor(mean, dtype=torch.float32), torch.tensor(sd, dtype=torch.float32))

    @classmethod
    def chosen(cls, features: Any) -> Standardize:
        """Return the scaling for the training features [N, D], which depends on :func:`is_sparse`.

        Sparse features are divided by one number, the root mean square of all values: zeros stay zeros, and a feature
        that is rarely nonzero gets no large values, as it would if divided by its own standard deviation.

        Example:
            >>> Standardize.chosen(np.eye(20)[:, :10] * 3)(torch.eye(10) * 3)[0, :2].tolist()
            [4.4721360206604, 0.0]
        """
        if not is_sparse(features):
            return cls.fit(features)
        squares = sum(np.square(rows, dtype=np.float64).sum() for rows in portions_of(features))
        size = float(np.sqrt(squares / np.prod(features.shape, dtype=np.int64))) or 1.0
        return cls(torch.zeros(features.shape[1]), torch.full((features.shape[1],), size))

    def forward(self, features: Tensor) -> Tensor:
        """Return standardized features [B, D]."""
        return (features - self.mean) / self.sd
