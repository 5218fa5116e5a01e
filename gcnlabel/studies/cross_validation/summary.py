"""Summary of the folds of a cross-validation: mean, standard deviation, interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import t

from gcnlabel.decimals import short_decimal


@dataclass(frozen=True)
class Summary:
    """Summary of a metric over folds.

    Attributes:
        mean: Mean over folds.
        sd: Sample standard deviation over folds.
        low: Lower bound of the 95% confidence interval of the mean.
        high: Upper bound.
        values: Value of each fold, None where the metric is undefined.
    """

    mean: float
    sd: float
    low: float
    high: float
    values: tuple[float | None, ...]


def summary(values: Sequence[float | None]) -> Summary | None:
    """Return the summary over the k folds in which a metric is defined; None for k < 2.

    The interval is ``mean ± t sqrt(1 / k + 1 / (k - 1)) sd`` with the quantile t of Student's distribution with k - 1
    degrees of freedom (Nadeau and Bengio 2003, equation 9, whose ratio of test to training samples is 1 / (k - 1)):
    folds share most of their training samples, so that ``sd / sqrt(k)`` would be too small.

    Example:
        >>> found = summary([0.5, 0.6, 0.7, None])
        >>> round(found.mean, 3), round(found.sd, 3), round(found.low, 3), round(found.high, 3)
        (0.6, 0.1, 0.207, 0.993)
    """
    there = np.array([value for value in values if value is not None], dtype=np.float64)
    k = len(there)
    if k < 2:
        return None
    mean, sd = float(there.mean()), float(there.std(ddof=1))
    half = float(t.ppf(0.975, k - 1)) * sd * (1 / k + 1 / (k - 1)) ** 0.5
    return Summary(mean, sd, mean - half, mean + half, tuple(values))


def summaries(folds: Sequence[Mapping[str, float]]) -> dict[str, Summary]:
    """Return ``task/metric`` -> its summary, in the order of the folds' metrics."""
    names = dict.fromkeys(name for fold in folds for name in fold)
    found = {name: summary([fold.get(name) for fold in folds]) for name in names}
    return {name: of for name, of in found.items() if of is not None}


def table(found: Mapping[str, Summary]) -> pl.DataFrame:
    """Return one row per metric: mean, deviation, interval and the value of each fold."""
    rows: list[dict[str, Any]] = []
    for name, of in found.items():
        values = {f"fold_{k}": value for k, value in enumerate(of.values, 1)}
        rows.append({"metric": name, "mean": of.mean, "sd": of.sd, "low": of.low, "high": of.high, **values})
    return pl.DataFrame(rows, infer_schema_length=None)


def markdown(results: Mapping[str, Any], found: Mapping[str, Summary]) -> str:
    """Return a description of the folds and a table of the metrics."""
    count, groups = len(results["folds"]), results["groups"]
    together = "" if groups is None else f", {groups} groups kept together"
    lines = [
        f"{count} folds of {results['samples']} samples ({results['used']}), stratified over labels{together}. Each "
        "fold is evaluated with a model that was trained, and whose epoch was selected, on the others. In brackets: "
        "95% confidence interval of the mean by Student's t, with the variance corrected for training samples shared "
        "by folds (Nadeau and Bengio 2003).",
        "",
        *(f"Note: {said}.\n" for said in results["notes"]),
        "| metric | mean | sd | 95% interval |",
        "| --- | --- | --- | --- |",
    ]
    for name, of in found.items():
        left = sum(value is None for value in of.values)
        said = f" ({count - left} folds)" if left else ""
        bounds = f"[{short_decimal(of.low, 3)}, {short_decimal(of.high, 3)}]"
        lines.append(f"| {name}{said} | {short_decimal(of.mean, 3)} | {short_decimal(of.sd, 3)} | {bounds} |")
    return "\n".join(lines) + "\n"
