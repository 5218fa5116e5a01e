"""Co-occurrence counts of tags in a sparse matrix, as integers and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from gcnlabel.statistics.statistic import Ints

FEW_PAIRS = 2**16
"""Largest number of pairs of labels that are counted one by one, in a table."""
PAIRS_AT_ONCE = 2**16
"""Number of pairs that are counted at once in that table."""
ENTRIES_AT_ONCE = 2**26
"""Number of tags that are multiplied at once."""


def tag_pairs(tags: Any) -> Any:
    """Return ``M = Tᵀ T``: the number of samples with both of two labels, and with each label on the diagonal.

    With up to 256 labels, samples with equally many tags are counted together: k (k - 1) / 2 pairs each. With more
    labels, products of blocks of at most :data:`ENTRIES_AT_ONCE` tags are added. In addition to the tags and M (8 bytes
    per pair that occurs), this takes 12 bytes per tag of a block (at most 768 MiB) and, with several blocks, three
    times M while products are added; with few labels, at most about 128 MiB.

    Args:
        tags: CSR matrix [N, L]; every stored value other than 0 is a tag.

    Returns:
        CSR or CSC matrix [L, L], int32.

    Example:
        >>> tag_pairs(sparse.csr_matrix(np.array([[1, 1, 0], [1, 0, 0]]))).toarray().tolist()
        [[2, 1, 0], [1, 1, 0], [0, 0, 0]]
    """
    if not (tags.has_canonical_format and tags.data.all()):
        tags = tags.copy()
        tags.sum_duplicates()
        tags.eliminate_zeros()
    if tags.shape[1] ** 2 <= FEW_PAIRS:
        return sparse.csr_matrix(sum(_counted(block) for block in _blocks(tags, ENTRIES_AT_ONCE // 16)), dtype=np.int32)
    total = None
    for block in _blocks(tags, ENTRIES_AT_ONCE):
        product = block.T @ block
        total = product if total is None else total + product
    return total


def _counted(tags: Any) -> Ints:
    """Return M from the pairs of each sample, those of samples with k tags together."""
    labels = tags.shape[1]
    upper = np.zeros(labels * labels, dtype=np.int64)
    sizes = np.diff(tags.indptr).astype(np.uint16)
    order = np.argsort(sizes, kind="stable")  # small numbers: radix sort
    ends = np.bincount(sizes).cumsum()
    for k in range(2, len(ends)):
        if ends[k - 1] == ends[k]:
            continue
        first, second = np.triu_indices(k, 1)
        step = max(PAIRS_AT_ONCE // len(first), 1)
        for at in range(ends[k - 1], ends[k], step):
            rows = order[at : min(at + step, ends[k])]
            inside = tags.indices[np.arange(k)[:, None] + tags.indptr[rows]].astype(np.intp)  # [k, rows]
            upper += np.bincount((inside[first] * labels + inside[second]).ravel(), minlength=labels * labels)
    both = upper.reshape(labels, labels)
    return both + both.T + np.diag(np.bincount(tags.indices, minlength=labels))


def _blocks(tags: Any, at_once: int) -> Iterator[Any]:
    """Yield blocks of rows with at most ``at_once`` tags, or one row with more, all values set to 1."""
    start, rows = 0, tags.shape[0]
    while start < rows or start == 0:
        end = np.searchsorted(tags.indptr, tags.indptr[start] + at_once, side="right") - 1
        stop = min(max(int(end), start + 1), start + max(at_once, 1), rows)
        inside = slice(tags.indptr[start], tags.indptr[stop])
        ones = np.ones(inside.stop - inside.start, dtype=np.int32)
        pointers = tags.indptr[start : stop + 1] - tags.indptr[start]
        yield sparse.csr_matrix((ones, tags.indices[inside], pointers), shape=(stop - start, tags.shape[1]))
        start = max(stop, 1)
