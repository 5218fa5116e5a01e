"""Compare heads over several data sets: mean ranks and tests (Demšar, JMLR 7, 2006)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import friedmanchisquare, rankdata, studentized_range, wilcoxon

from gcnlabel.figures import ranks_figure, ranks_table, save_figure
from gcnlabel.files import atomic_write, strict_json
from gcnlabel.studies.ablation.candidates import DEFAULT
from gcnlabel.studies.ablation.comparison import holm
from gcnlabel.studies.ablation.report import main_metrics, short
from gcnlabel.tasks import TaskSet

Found = Mapping[str, Any]
LEVEL = 0.05


@dataclass(frozen=True)
class Across:
    """Comparison of heads over several data sets, for one label budget and one kind of metric.

    Attributes:
        rows: Names of the rows, ``data set, task``.
        heads: Names of the heads that every row has.
        means: Mean over seeds of each head, for each row.
        ranks: Mean rank of each head, 1 is best; ties get the mean of their ranks.
        friedman: p-value of Friedman's test of equal heads; NaN for fewer than 3 heads or 2 rows.
        wilcoxon: Head -> p-value of Wilcoxon's signed-rank test against the default, corrected by Holm's method.
        critical: Critical difference of mean ranks of two heads (Nemenyi, 5%).
    """

    rows: list[str]
    heads: list[str]
    means: list[list[float]]
    ranks: list[float]
    friedman: float
    wilcoxon: dict[str, float]
    critical: float


def across(means: Mapping[str, Mapping[str, float]]) -> Across:
    """Return ranks and tests over rows.

    Args:
        means: Row -> head -> value, higher is better.

    Example:
        >>> found = across({"a": {"x": 0.9, "y": 0.8}, "b": {"x": 0.7, "y": 0.6}, "c": {"x": 0.5, "y": 0.6}})
        >>> found.heads, [round(rank, 2) for rank in found.ranks]
        (['x', 'y'], [1.33, 1.67])
    """
    heads = [name for name in next(iter(means.values())) if all(name in of for of in means.values())]
    table = np.array([[of[name] for name in heads] for of in means.values()])
    ranks = rankdata(-table, axis=1).mean(0)
    enough = len(heads) > 2 and len(table) > 1
    friedman = float(friedmanchisquare(*table.T).pvalue) if enough else math.nan
    ps = {}
    if DEFAULT in heads:
        ours = table[:, heads.index(DEFAULT)]
        for name, theirs in zip(heads, table.T, strict=True):
            if name != DEFAULT and (ours != theirs).any():
                ps[name] = float(wilcoxon(ours, theirs).pvalue)
    size, rows = len(heads), len(table)
    quantile = studentized_range.ppf(1 - LEVEL, max(size, 2), math.inf) / math.sqrt(2)
    critical = float(quantile * math.sqrt(size * (size + 1) / (6 * rows)))
    return Across(list(means), heads, table.tolist(), ranks.tolist(), friedman, holm(ps), critical)


def compared(results: Mapping[str, tuple[Found, TaskSet]]) -> dict[str, dict[str, Across]]:
    """Return kind of metric -> label budget -> comparison over all data sets that have both.

    Args:
        results: Name of a data set -> its results, as :func:`~gcnlabel.studies.ablation.ablate` returns, and its tasks.
    """
    rows: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for name, (found, tasks) in results.items():
        for amount, regime in found["regimes"].items():
            for metric in main_metrics(tasks):
                values = {
                    head: float(np.mean(of["metrics"][metric]))
                    for head, of in regime["heads"].items()
                    if metric in of["metrics"]
                }
                if values:
                    task, _, kind = metric.rpartition("/")
                    general, beside = _general(amount, task, tasks)
                    rows.setdefault(kind, {}).setdefault(general, {})[f"{name}, {task}{beside}"] = values
    return {kind: {amount: across(of) for amount, of in amounts.items()} for kind, amounts in rows.items()}


def _general(amount: str, of: str, tasks: TaskSet) -> tuple[str, str]:
    """Return a label budget's name that is common to data sets, and a suffix that distinguishes rows of one data set.

    A task with few samples is named by its type, so that tables of data sets with different names of tasks can be
    combined.
    """
    few = max(
        (task for task in tasks if amount.startswith(f"{task.name} on ")), key=lambda t: len(t.name), default=None
    )
    if few is None:
        return amount, ""
    several = sum(task.discrete == few.discrete for task in tasks) > 1
    general = f"{'tags or classes' if few.discrete else 'dimensions'}{amount.removeprefix(few.name)}"
    if few.name == of:
        return general, ""
    same = "other " if tasks[of].discrete == few.discrete else ""
    return same + general, f" (few of {few.name})" if several else ""


def write_across(found: Mapping[str, Mapping[str, Across]], folder: Path, formats: Sequence[str] = ("pdf",)) -> str:
    """Write ``across.md``, ``across.json``, ``across.csv``, and a figure of ranks for each metric and label budget.

    Returns:
        The Markdown.
    """
    for kind, amounts in found.items():
        for place, of in enumerate(amounts.values()):
            ranks = dict(zip(of.heads, of.ranks, strict=True))
            name = f"ranks_{kind}" + (f"_{place + 1}" if place else "")
            figure, numbers = ranks_figure(ranks, of.critical), ranks_table(ranks, of.critical)
            save_figure(figure, folder / name, formats, table=numbers, overwrite=True)
    texts = {"across.md": "\n".join(_markdown(found)).rstrip() + "\n"}
    plain = {kind: {amount: asdict(of) for amount, of in amounts.items()} for kind, amounts in found.items()}
    texts["across.json"] = strict_json(plain)
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(["metric", "label budget", "row", "head", "mean", "mean rank"])
    for kind, amounts in found.items():
        for amount, of in amounts.items():
            for row, values in zip(of.rows, of.means, strict=True):
                for head, value, rank in zip(of.heads, values, of.ranks, strict=True):
                    writer.writerow([kind, amount, row, head, value, rank])
    texts["across.csv"] = rows.getvalue()
    for name, text in texts.items():
        with atomic_write(folder / name, overwrite=True) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return texts["across.md"]


def _markdown(found: Mapping[str, Mapping[str, Across]]) -> Iterator[str]:
    for kind, amounts in found.items():
        for amount, of in amounts.items():
            yield from (f"### {kind}, {amount}", "")
            yield f"| head | {' | '.join(of.rows)} | mean rank | against the default |"
            yield "| --- " * (len(of.rows) + 3) + "|"
            for place in np.argsort(of.ranks, kind="stable"):
                head = of.heads[place]
                p = f"p = {short(of.wilcoxon[head])}" if head in of.wilcoxon else "–"
                cells: Sequence[str] = [short(values[place]) for values in of.means]
                yield f"| {head} | {' | '.join(cells)} | {of.ranks[place]:.2f} | {p} |"
            test = "" if math.isnan(of.friedman) else f"Friedman's test: p = {short(of.friedman)}. "
            yield ""
            yield f"{test}Critical difference of mean ranks: {of.critical:.2f} (Nemenyi, 5%). Last column: Wilcoxon's"
            yield "signed-rank test over rows, corrected by Holm's method; it has little power with few data sets."
            yield ""
