"""Random splits, stratified by all labels."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.group_split import divide_groups
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import Task

MAX_DIFFERENCE = 0.05
"""Largest difference between a split's share of the samples and its fraction without a warning."""
BINS = 5
"""Number of quantile bins of a dimension."""

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def stratified_split(annotations: Annotations, fractions: Mapping[str, float], seed: int) -> dict[str, Rows]:
    """Return the rows of each split, ascending, by iterative stratification (Sechidis et al., ECML 2011).

    Strata are classes, positive tags (and negative ones of tags that are not always annotated), and :data:`BINS`
    quantile bins of each dimension. They have priority over sizes: with many rare labels, the size of a split can
    differ from its fraction by a few hundredths. Samples of one group or id stay together, and the splits then do not
    depend on the order of the samples; see :mod:`gcnlabel.annotations.group_split`.

    Args:
        annotations: Targets.
        fractions: Name of a split -> its fraction of the samples; the sum is 1.
        seed: Random seed.

    Raises:
        InputError: A split would have no sample.

    Example:
        >>> from gcnlabel.tasks import Categorical, TaskSet
        >>> codes = np.array([0] * 8 + [1] * 4)
        >>> annotations = Annotations(TaskSet([Categorical("c", ["a", "b"])]), {"c": codes})
        >>> splits = stratified_split(annotations, {"train": 0.75, "test": 0.25}, seed=0)
        >>> {name: np.bincount(codes[rows]).tolist() for name, rows in splits.items()}
        {'train': [6, 3], 'test': [2, 1]}
    """
    (units, names), what = _units(annotations), "sample" if annotations.groups is None else "group"
    if len(names) < len(fractions):
        raise InputError(f"{len(names)} {what}(s) cannot be divided among {', '.join(fractions)}", expected="more")
    strata, sizes = sparse.csr_array(units @ _strata(annotations)), np.asarray(units.sum(axis=1)).ravel()
    divide = _given if sizes.max() == 1 else divide_groups
    chosen = divide(strata, sizes, np.array([*fractions.values()]), seed)
    splits = {name: np.flatnonzero(units.T @ chosen == i) for i, name in enumerate(fractions)}
    empty = next((name for name, rows in splits.items() if not len(rows)), None)
    if empty is not None:
        what = f"the {empty} split has no sample: {fractions[empty]:g} of {len(annotations)} in {len(names)} {what}s"
        raise InputError(what, expected="one", fix="a larger fraction, or more samples")
    _warn_of_sizes(splits, {} if divide is _given else fractions, len(annotations))
    return splits


def _warn_of_sizes(splits: Mapping[str, Rows], fractions: Mapping[str, float], samples: int) -> None:
    shares = {name: len(splits[name]) / samples for name in fractions}
    far = {name: share for name, share in shares.items() if abs(share - fractions[name]) > MAX_DIFFERENCE}
    if far:
        said = ", ".join(
            f"{name} has {share:.2g} of the samples, not {fractions[name]:g}" for name, share in far.items()
        )
        warnings.warn(f"groups are too large, or too few, for these splits: {said}", GcnlabelWarning, stacklevel=3)


def _units(annotations: Annotations) -> tuple[sparse.csr_array, npt.NDArray[Any]]:
    """Return membership of samples in units that stay together, 0 / 1 [units, N], and the sorted names of the units."""
    n = len(annotations)
    unit_names = annotations.ids if annotations.groups is None else annotations.groups
    names, unit = np.unique(np.arange(n) if unit_names is None else unit_names, return_inverse=True)
    return sparse.csr_array((np.ones(n), (unit, np.arange(n))), shape=(len(names), n)), names


def _strata(annotations: Annotations) -> sparse.csr_array:
    """Return which strata each sample belongs to, 0 / 1 [N, strata]."""
    return sparse.csr_array(sparse.hstack([_strata_of(annotations, task) for task in annotations.tasks], format="csr"))


def _strata_of(annotations: Annotations, task: Task) -> Any:
    target = annotations.targets[task.name]
    if sparse.issparse(target):
        return target.astype(np.float64)
    values = annotations.indicators(task.name)
    if not task.discrete:
        return sparse.csr_array(np.concatenate([_binned(column) for column in values.T], axis=1))
    positive = values > 0.5  # of shares of classes, the majority
    partly = np.isnan(values).any(axis=0) & task.binary
    return sparse.csr_array(np.concatenate([positive, (values == 0)[:, partly]], axis=1).astype(np.float64))


def _binned(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the quantile bin of each value, one-hot [N, BINS]; all 0 for a missing value."""
    seen = ~np.isnan(values)
    bins = np.zeros((len(values), BINS))
    if seen.any():
        edges = np.quantile(values[seen], np.arange(1, BINS) / BINS)
        bins[np.flatnonzero(seen), np.searchsorted(edges, values[seen], side="right")] = 1
    return bins


def _given(strata: Any, sizes: Floats, fractions: Floats, seed: int) -> Rows:
    """Return the split of each sample.

    Args:
        strata: Which strata each sample belongs to, CSR of 0 / 1 [N, strata].
        sizes: 1 for each, [N].
        fractions: Fraction of each split, [splits].
        seed: Seed.
    """
    random = np.random.default_rng(seed)
    by_stratum = sparse.csc_array(strata)
    left = np.asarray(strata.sum(axis=0)).ravel()  # [strata]
    lacks, lacks_of = fractions * sizes.sum(), np.outer(left, fractions)  # [splits], [strata, splits]
    chosen = np.full(len(sizes), -1)

    def give(sample: int, wanted: Floats) -> None:
        split = _neediest(wanted, lacks, random)
        chosen[sample] = split
        lacks[split] -= 1
        row = strata.indices[strata.indptr[sample] : strata.indptr[sample + 1]]
        lacks_of[row, split] -= 1
        left[row] -= 1

    while (left > 0).any():
        stratum = int(np.where(left > 0, left, np.inf).argmin())
        samples = by_stratum.indices[by_stratum.indptr[stratum] : by_stratum.indptr[stratum + 1]]
        free = samples[chosen[samples] < 0]
        for sample in free[random.permutation(len(free))].tolist():
            give(sample, lacks_of[stratum])
    for sample in random.permutation(np.flatnonzero(chosen < 0)).tolist():
        give(sample, lacks)
    return chosen


def _neediest(wanted: Floats, lacks: Floats, random: np.random.Generator) -> int:
    """Return the split that lacks most of a stratum; on ties, most samples overall; on further ties, a random one."""
    best = np.flatnonzero(wanted >= wanted.max() - 1e-9)
    best = best[lacks[best] >= lacks[best].max() - 1e-9]
    return int(best[0] if len(best) == 1 else random.choice(best))
