"""The raw matrix [L, L] of a label graph: a dense tensor, or a sparse COO tensor with many labels."""

from __future__ import annotations

import torch
from torch import Tensor

from gcnlabel.errors import InputError

MAX_DENSE = 4096
"""Number of labels up to which raw matrices are dense (128 MiB)."""


def sparse_matrix(places: Tensor, values: Tensor, size: int) -> Tensor:
    """Return a matrix [L, L] with entries [K] at positions (row, column) [2, K], as a coalesced COO tensor."""
    return torch.sparse_coo_tensor(places, values, (size, size), check_invariants=True).coalesce()


def entries_at(statistic: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Return the entries of a dense or sparse matrix [L, L] at some positions, [K].

    Example:
        >>> matrix = torch.tensor([[0.0, 0.5], [0.25, 0.0]])
        >>> entries_at(matrix.to_sparse(), torch.tensor([1, 0]), torch.tensor([0, 0])).tolist()
        [0.25, 0.0]
    """
    if not statistic.is_sparse:
        return statistic[rows, columns]
    size, whole = statistic.shape[1], statistic.coalesce()
    known = whole.indices()[0] * size + whole.indices()[1]  # ascending
    wanted = rows * size + columns
    if not len(known):
        return whole.values().new_zeros(len(wanted))
    place = torch.searchsorted(known, wanted).clamp(max=len(known) - 1)
    return torch.where(known[place] == wanted, whole.values()[place], 0)


def picked(statistic: Tensor, places: Tensor) -> Tensor:
    """Return ``statistic[places][:, places]`` of a dense or sparse matrix [L, L] for distinct places.

    Example:
        >>> picked(torch.tensor([[1, 2], [3, 4]]).to_sparse(), torch.tensor([1])).to_dense().tolist()
        [[4]]
    """
    if not statistic.is_sparse:
        return statistic[places][:, places]
    new = torch.full((len(statistic),), -1)
    new[places] = torch.arange(len(places))
    whole = statistic.coalesce()
    index = new[whole.indices()]
    stay = (index >= 0).all(0)
    return sparse_matrix(index[:, stay], whole.values()[stay], len(places))


def as_dense(statistic: Tensor | None) -> Tensor:
    """Return a matrix [L, L] in dense form.

    Raises:
        InputError: ``statistic`` is None, or has too many labels for a dense matrix.
    """
    if statistic is None:
        raise InputError("the graph has no raw statistic", expected="a graph that was measured or read from a matrix")
    if not statistic.is_sparse:
        return statistic
    if len(statistic) > 8 * MAX_DENSE:
        raise InputError(f"a dense matrix of {len(statistic)} labels", expected=f"at most {8 * MAX_DENSE} for this")
    return statistic.to_dense()
