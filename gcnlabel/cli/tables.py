"""Print results as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from gcnlabel.cli.terminal import terminal
from gcnlabel.decimals import decimal
from gcnlabel.errors import shorten


def show_evaluation(run: str, evaluation: Mapping[str, Any]) -> None:
    """Print the metrics of an evaluation, one row each, and its notes."""
    title = f"{run}: {evaluation['head']} head on {evaluation['split']} ({evaluation['samples']} samples)"
    bounds = evaluation.get("intervals")
    columns = [] if bounds is None else [f"{bounds['level']:.0%} interval"]
    table = Table("task", "metric", "value", *columns, title=title, title_justify="left")
    for task, values in evaluation["tasks"].items():
        for name, value in values.items():
            if isinstance(value, float):
                of_metric = [] if bounds is None else [_interval(bounds["tasks"][task].get(name))]
                table.add_row(task, name, decimal(value, 4), *of_metric)
        table.add_section()
    console = terminal()
    console.print(table)
    if bounds is not None:
        what = "samples" if bounds["units"] == evaluation["samples"] else "groups"
        console.print(f"intervals: {bounds['resamples']} bootstrap resamples of {bounds['units']} {what}")
    selected = evaluation["selected"]
    console.print(f"epoch {selected['epoch']}, selected by {selected['split']}/{selected['metric']}", highlight=False)
    for note in [*evaluation["notes"], *_absent(evaluation)]:
        console.print(f"note: {note}", highlight=False, soft_wrap=True)


def _interval(bounds: Sequence[float] | None) -> str:
    return "" if bounds is None else ", ".join(decimal(bound, 4) for bound in bounds)


def _absent(evaluation: Mapping[str, Any]) -> list[str]:
    """Return notes on the labels and samples that the metrics of each task ignore."""
    lines = []
    for task, values in evaluation["tasks"].items():
        if values.get("absent"):
            lines.append(f"{task}: labels without samples, ignored by macro averages: {shorten(values['absent'])}")
        if values.get("ties"):
            lines.append(f"{task}: {values['ties']} samples without a majority of votes, ignored by metrics")
        if values.get("undefined"):
            lines.append(f"{task}: too few samples for any metric: {shorten(values['undefined'])}")
    return lines
