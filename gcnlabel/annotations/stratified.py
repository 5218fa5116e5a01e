"""Splits drawn so that every label is spread over them as all samples are."""

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

FAR = 0.05
"""Difference between a split's share of the samples and its fraction from which groups are said to be the reason."""
BINS = 5
"""Quantile bins of a dimension."""

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def stratified_split(annotations: Annotations, fractions: Mapping[str, float], seed: int) -> dict[str, Rows]:
    """Return the rows of each split, ascending, by iterative stratification (Sechidis et al., ECML 2011).

    The stratum with the fewest samples left goes first. Each of its samples is given to the split that lacks most of
    that stratum; of equals, to the one that lacks most samples; of equals, to one at random. Strata are classes,
    positive tags (and the negative ones of a tag that is not always annotated), and :data:`BINS` quantile bins of each
    dimension. Labels go before sizes: with many rare labels a split can hold some hundredths more or less than its
    fraction. With ``annotations.groups``, whole groups are given, see
    :func:`~gcnlabel.annotations.group_split.divide_groups`.

    Samples of one id stay together too. With ids or groups the splits do not depend on the order of the samples.

    Args:
        annotations: Targets of N samples.
        fractions: Name of a split -> its fraction of the samples; together 1.
        seed: Seed of what is left to chance.

    Raises:
        InputError: A split would be left without a sample.

    Warns:
        GcnlabelWarning: Groups are so large that a split has another share of the samples than its fraction.

    Example:
        >>> from gcnlabel.tasks import Categorical, TaskSet
        >>> codes = np.array([0] * 8 + [1] * 4)
        >>> annotations = Annotations(TaskSet([Categorical("c", ["a", "b"])]), {"c": codes})
        >>> splits = stratified_split(annotations, {"train": 0.75, "test": 0.25}, seed=0)
        >>> {name: np.bincount(codes[rows]).tolist() for name, rows in splits.items()}
        {'train': [6, 3], 'test': [2, 1]}
    """
    units, names = _units(annotations)
    what = "sample" if annotations.groups is None else "group"
    if len(names) < len(fractions):
        raise InputError(f"{len(names)} {what}(s) cannot be divided among {', '.join(fractions)}", expected="more")
    strata, sizes = sparse.csr_array(units @ _strata(annotations)), np.asarray(units.sum(axis=1)).ravel()
    divide = _given if (sizes == 1).all() else divide_groups
    chosen = divide(strata, sizes, np.array([*fractions.values()]), seed)
    split_of_row = units.T @ chosen
    splits = {name: np.flatnonzero(split_of_row == i) for i, name in enumerate(fractions)}
    empty = next((name for name, rows in splits.items() if not len(rows)), None)
    if empty is not None:
        of = f"{fractions[empty]:g} of {len(annotations)} in {len(names)} {what}s"
        raise InputError(
            f"the {empty} split has no sample: {of}", expected="one", fix="a larger fraction, or more samples"
        )
    if divide is divide_groups:
        _warn_of_sizes(splits, fractions, len(annotations))
    return splits


def _warn_of_sizes(splits: Mapping[str, Rows], fractions: Mapping[str, float], samples: int) -> None:
    far = {name: len(rows) / samples for name, rows in splits.items()}
    far = {name: share for name, share in far.items() if abs(share - fractions[name]) > FAR}
    if far:
        said = ", ".join(
            f"{name} has {share:.2g} of the samples, not {fractions[name]:g}" for name, share in far.items()
        )
        warnings.warn(f"groups are too large, or too few, for these splits: {said}", GcnlabelWarning, stacklevel=3)


def _units(annotations: Annotations) -> tuple[sparse.csr_array, npt.NDArray[Any]]:
    """Return which samples stay together, [units, N], in an order that the rows' order does not change where it can."""
    n = len(annotations)
    told_apart = annotations.ids if annotations.groups is None else annotations.groups
    names, unit = np.unique(np.arange(n) if told_apart is None else told_apart, return_inverse=True)
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
    """Return which quantile bin each value lies in, 0 / 1 [N, BINS]; a missing one lies in none."""
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
    """Return the split that lacks most of a stratum; of equals, most samples; of equals, one at random."""
    best = np.flatnonzero(wanted >= wanted.max() - 1e-9)
    best = best[lacks[best] >= lacks[best].max() - 1e-9]
    return int(best[0] if len(best) == 1 else random.choice(best))
