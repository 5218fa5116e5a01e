"""Groups of runs that differ only in their seed, and confidence intervals over seeds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

LOWER_IS_BETTER = ("loss", "rmse", "error", "coverage")
"""Substrings of the names of metrics of which lower values are better."""


@dataclass(frozen=True)
class Group:
    """Runs whose configs differ only in their seed.

    Attributes:
        name: Name of the group.
        runs: Names of its runs.
        seeds: Seed of each run.
    """

    name: str
    runs: tuple[str, ...]
    seeds: tuple[Any, ...]


def groups_of(configs: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> list[Group]:
    """Return the groups, in order of their first runs; a run without a readable config is its own group.

    Runs of the same config and seed are not independent samples, so each is in a different group.

    Example:
        >>> [group.runs for group in groups_of({"a": {"seed": 1}, "b": {"seed": 2}, "c": {"x": 1}}, ["a", "b", "c"])]
        [('a', 'b'), ('c',)]
    """
    found: dict[tuple[str, int], list[str]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for name in names:
        config = configs.get(name)
        key = name if config is None else json.dumps({**config, "seed": None}, sort_keys=True, default=str)
        seed = key, str((config or {}).get("seed"))
        found.setdefault((key, seen[seed]), []).append(name)
        seen[seed] += 1
    common = [_common(runs) for runs in found.values()]
    return [
        Group(
            name if common.count(name) == 1 or len(runs) == 1 else f"{runs[0]} and {len(runs) - 1} more",
            tuple(runs),
            tuple(configs.get(run, {}).get("seed", 0) for run in runs),
        )
        for name, runs in zip(common, found.values(), strict=True)
    ]


def grouped(configs: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return run -> (name, index) of its group."""
    groups = groups_of(configs, names)
    return {run: (group.name, k) for k, group in enumerate(groups) for run in group.runs}


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float] | None:
    """Return Student's t confidence interval (low, high) of the mean over seeds; None for fewer than 2 values.

    Example:
        >>> [round(end, 3) for end in interval([0.5, 0.6, 0.7])]
        [0.352, 0.848]
    """
    if len(values) < 2:
        return None
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    mean = float(np.mean(values))
    return mean - half, mean + half


def difference(a: Mapping[Any, float], b: Mapping[Any, float]) -> tuple[float, tuple[float, float] | None]:
    """Return mean(b) - mean(a) and its 95% confidence interval: paired for equal seeds, else Welch's; None if undefined.

    Args:
        a: Seed -> value.
        b: Seed -> value.
    """
    if set(a) == set(b) and len(a) == len(set(a)):
        changes = [b[seed] - a[seed] for seed in a]
        return float(np.mean(changes)), interval(changes)
    mean = float(np.mean([*b.values()]) - np.mean([*a.values()]))
    if min(len(a), len(b)) < 2 or (np.ptp([*a.values()]) == 0 and np.ptp([*b.values()]) == 0):
        return mean, None
    ends = stats.ttest_ind([*b.values()], [*a.values()], equal_var=False).confidence_interval()
    return mean, (float(ends.low), float(ends.high))


def group_names(runs: Iterable[str], groups: Sequence[Group]) -> dict[str, str]:
    """Return run -> name of its group, or its own name if no other run of the group is given.

    Example:
        >>> group_names(["a1", "a2", "b1"], [Group("a", ("a1", "a2"), (1, 2)), Group("b", ("b1", "b2"), (1, 2))])
        {'a1': 'a', 'a2': 'a', 'b1': 'b1'}
    """
    runs = list(runs)
    there = {group.name: [run for run in group.runs if run in runs] for group in groups}
    several = {run: name for name, of in there.items() for run in of if len(of) > 1}
    return {run: several.get(run, run) for run in runs}


@dataclass(frozen=True)
class Lines:
    """The lines of a run, or of runs that differ only in their seed.

    Attributes:
        name: Name in the legend.
        of: Table of each line.
        width: Line width in points, thinner for several lines.
    """

    name: str
    of: Sequence[pl.DataFrame]
    width: float

    def labelled(self, value: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield label and table of each line; only the first has a legend entry, with ``value``."""
        for k, of in enumerate(self.of):
            yield (f"{self.name} {value}" if k == 0 else "_seed"), of


def lines_of(table: pl.DataFrame, column: str, groups: Sequence[Group]) -> list[Lines]:
    """Return the lines of a table, one per group of the runs named in a column, in the table's order."""
    names = table[column].unique(maintain_order=True).to_list() if len(table) else []
    found: dict[str, list[str]] = {}
    for run, group in group_names(names, groups).items():
        found.setdefault(group, []).append(run)
    return [
        Lines(
            f"{group}, {len(runs)} seeds" if len(runs) > 1 else group,
            [table.filter(pl.col(column) == run) for run in runs],
            0.6 if len(runs) > 1 else 1.2,
        )
        for group, runs in found.items()
    ]


def lower_is_better(metric: str) -> bool:
    """Return whether lower values of a metric, ``task/metric`` or ``task/dimension/metric``, are better.

    Example:
        >>> lower_is_better("tags/ranking_loss"), lower_is_better("tags/lrap")
        (True, False)
    """
    return any(part in metric.rpartition("/")[2] for part in LOWER_IS_BETTER)


def _common(runs: Sequence[str]) -> str:
    if len(runs) == 1:
        return runs[0]
    same = 0
    while all(run[: same + 1] == runs[0][: same + 1] for run in runs) and same < len(runs[0]):
        same += 1
    return runs[0][:same].rstrip("-_. 0123456789").removesuffix("seed").rstrip("-_. ") or runs[0]
