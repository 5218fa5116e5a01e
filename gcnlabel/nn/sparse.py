"""Product of a sparse matrix and a dense one, with gradients to both."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

with warnings.catch_warnings():  # PyTorch warns once per process that CSR is in beta state: trigger it here
    warnings.simplefilter("ignore")
    torch.sparse_csr_tensor(torch.tensor([0, 0]), torch.tensor([], dtype=torch.int64), torch.tensor([]), (1, 1))

EDGES_AT_ONCE = 2**18
"""Number of edges whose gradients are computed at once, which bounds the memory of learned edge weights."""


class Pattern(NamedTuple):
    """Positions of the entries of a sparse matrix [R, C], by row and by column.

    Attributes:
        first: Start of each row in ``column``, int32 [R + 1].
        column: Column of each entry, int32 [E].
        first_of_column: Start of each column in ``row``, int32 [C + 1].
        row: Row of each entry, column by column, int32 [E].
        order: Position in ``column`` of each entry of ``row``, int64 [E].
    """

    first: Tensor
    column: Tensor
    first_of_column: Tensor
    row: Tensor
    order: Tensor

    @classmethod
    def of(cls, first: Tensor, column: Tensor, columns: int) -> Pattern:
        """Return the pattern of rows whose columns are given."""
        order = torch.argsort(column, stable=True)
        rows = torch.arange(len(first) - 1, dtype=torch.int32, device=first.device)
        row = rows.repeat_interleave(first.diff(), output_size=len(column))[order]
        counts = torch.bincount(column, minlength=columns)
        return cls(first, column, torch.cat([counts.new_zeros(1), counts.cumsum(0)]).int(), row, order)


def product(pattern: Pattern, value: Tensor, dense: Tensor) -> Tensor:
    """Return the product [R, K] of a sparse matrix [R, C] and a dense one [C, K].

    Both directions are products of sparse rows: time grows with the entries, and no dense [R, C] is computed. A program
    that is compiled or exported gathers and adds rows instead.

    Args:
        pattern: Positions of the entries.
        value: The entries [E].
        dense: [C, K].

    Example:
        >>> pattern = Pattern.of(torch.tensor([0, 1, 1], dtype=torch.int32), torch.tensor([1], dtype=torch.int32), 2)
        >>> product(pattern, torch.tensor([0.5]), torch.tensor([[1.0], [4.0]])).tolist()
        [[2.0], [0.0]]
    """
    if torch.compiler.is_compiling() or dense.is_meta:  # neither supports sparse tensors
        row = _row_of_entries(pattern.first, len(pattern.column))
        entries = dense[pattern.column] * value[:, None]
        return dense.new_zeros(len(pattern.first) - 1, dense.shape[1]).index_add(0, row, entries)
    result: Tensor = _Product.apply(value, dense, *pattern)
    return result


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, dense: Tensor, *pattern: Tensor) -> Tensor:
        ctx.save_for_backward(value, dense if ctx.needs_input_grad[0] else None, *pattern)
        ctx.columns = len(dense)
        first, column, *_ = pattern
        return _rows(first, column, value, ctx.columns) @ dense

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        value, dense, first, column, first_of_column, row, order = ctx.saved_tensors
        to_value = None if dense is None else _of_entries(first, column, grad, dense)
        to_dense = None
        if ctx.needs_input_grad[1]:
            to_dense = _rows(first_of_column, row, value[order], len(grad)) @ grad.contiguous()
        return to_value, to_dense, None, None, None, None, None


def _rows(first: Tensor, column: Tensor, value: Tensor, columns: int) -> Tensor:
    return torch.sparse_csr_tensor(first, column, value, (len(first) - 1, columns))


def _of_entries(first: Tensor, column: Tensor, grad: Tensor, dense: Tensor) -> Tensor:
    """Return the inner products of the rows of ``grad`` and ``dense`` that each entry joins, [E]."""
    rows = _row_of_entries(first, len(column))
    parts = zip(rows.split(EDGES_AT_ONCE), column.split(EDGES_AT_ONCE), strict=True)
    return torch.cat([torch.einsum("ek,ek->e", grad[i], dense[j]) for i, j in parts])


def _row_of_entries(first: Tensor, count: int) -> Tensor:
    return torch.arange(len(first) - 1, device=first.device).repeat_interleave(first.diff(), output_size=count)
