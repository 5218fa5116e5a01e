"""Read arrays of features, and standardize them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn

from gcnlabel.annotations.npy_text import check_npy_size
from gcnlabel.data.feature_records import check_rows
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file


def load_features(path: str | Path) -> npt.NDArray[np.float32]:
    """Return features float32 [N, D] from a ``.npy`` file, or a ``.npz`` or ``.safetensors`` file with one array.

    Raises:
        InputError: The file has no such array or is pickled, a value is not finite (the message gives row and column),
            or its record has another number of rows.
    """
    path = existing_file(path, "features")
    array = _read(path)
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise InputError(f"{path} is {array.dtype} of shape {list(array.shape)}", expected="numbers of shape [N, D]")
    check_rows(path, len(array))
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise InputError(f"{path} has {values[row, column]}", where=f"row {row}, column {column} (from 0)")
    return values


def _read(path: Path) -> npt.NDArray[np.generic]:
    try:
        arrays = load_file(path) if path.suffix == ".safetensors" else _numpy_arrays(path)
    except Exception as error:  # damaged headers and archives raise errors of many types
        raise InputError(
            f"{path} cannot be read: {error}", expected=".npy, .npz or .safetensors, not pickled"
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
"""Share of zeros from which features are sparse: words, k-mers, fingerprints."""


def is_sparse(features: npt.NDArray[np.floating]) -> bool:
    """Return whether most values of features are 0.

    Example:
        >>> is_sparse(np.eye(20)), is_sparse(np.ones((2, 3)))
        (True, False)
    """
    return bool(np.count_nonzero(features) <= (1 - SPARSE) * features.size)


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
    def fit(cls, features: npt.NDArray[np.floating]) -> Standardize:
        """Return the standardization of the training features [N, D].

        Example:
            >>> Standardize.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))(torch.tensor([[3.0, 5.0]])).tolist()
            [[1.0, 0.0]]
        """
        values = np.asarray(features, dtype=np.float64)
        sd = values.std(0)
        sd[sd < 1e-12] = 1.0
        return cls(torch.tensor(values.mean(0), dtype=torch.float32), torch.tensor(sd, dtype=torch.float32))

    @classmethod
    def chosen(cls, features: npt.NDArray[np.floating]) -> Standardize:
        """Return the scaling that suits the training features [N, D]: see :func:`is_sparse`.

        Sparse ones are divided by one number, their root mean square: zeros stay zeros, and a feature that is rarely
        above 0 gets no large values, as it would by its own deviation.

        Example:
            >>> Standardize.chosen(np.eye(20)[:, :10] * 3)(torch.eye(10) * 3)[0, :2].tolist()
            [4.4721360206604, 0.0]
        """
        if not is_sparse(features):
            return cls.fit(features)
        values = np.asarray(features, dtype=np.float64)
        size = float(np.sqrt(np.square(values).mean())) or 1.0
        return cls(torch.zeros(values.shape[1]), torch.full((values.shape[1],), size))

    def forward(self, features: Tensor) -> Tensor:
        """Return standardized features [B, D]."""
        return (features - self.mean) / self.sd
