"""Sections on the runs: overview, comparison of metrics, configs and versions."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from gcnlabel import __version__
from gcnlabel.figures.seeds import Group, difference, groups_of, interval, lower_is_better
from gcnlabel.report.page import render
from gcnlabel.report.reading import ReportRuns

LIBRARIES = ("torch", "torch_geometric", "lightning", "torchmetrics", "numpy", "scipy", "polars")


def overview(runs: ReportRuns) -> Markup:
    """Return a table with one row per run, and the notes of the evaluations."""
    notes: dict[str, list[str]] = {}
    for name, evaluation in runs.evaluations.items():
        for note in evaluation["notes"]:
            notes.setdefault(str(note), []).append(name)
    return render(
        "overview.html",
        rows=[_row(runs, name) for name in runs.names],
        tasks=[] if runs.tasks is None else [(task.name, task.type, len(task)) for task in runs.tasks],
        notes=[("" if len(of) == len(runs.names) else ", ".join(of), note) for note, of in notes.items()],
    )


def _row(runs: ReportRuns, name: str) -> dict[str, Any]:
    config, evaluation = runs.configs.get(name, {}), runs.evaluations.get(name)
    model = config["model"] if isinstance(config.get("model"), dict) else {}
    selected = evaluation["selected"] if evaluation else {}
    return {
        "run": name,
        "head": evaluation["head"] if evaluation else _name(model.get("head")),
        "backbone": _name(model.get("backbone")),
        "data": _name(config.get("data"), "source"),
        "seed": config.get("seed", ""),
        "epoch": f"{selected['epoch']}, by {selected['split']}/{selected['metric']}" if selected else "",
        "split": f"{evaluation['split']} ({evaluation['samples']})" if evaluation else "not evaluated",
    }


def _name(part: Any, key: str = "name") -> str:
    return str(part.get(key, "")) if isinstance(part, dict) else str(part or "")


def comparison(runs: ReportRuns) -> Markup:
    """Return the main metrics by group (mean, interval over seeds, difference from the first), and all metrics."""
    if not runs.results:
        return Markup()
    groups = groups_of(runs.configs, [name for name in runs.names if name in runs.results])
    metrics = list(dict.fromkeys(key for values in runs.results.values() for key in values))
    main = [f"{task.name}/{task.main_metric}" for task in runs.tasks or ()]
    return render(
        "comparison.html",
        groups=groups,
        main=[_compared(runs, groups, metric) for metric in metrics if metric in main],
        metrics=[(metric, lower_is_better(metric), _values(runs, metric)) for metric in metrics],
        runs=list(runs.results),
        level=next((of["intervals"]["level"] for of in runs.evaluations.values() if "intervals" in of), None),
    )


def _values(runs: ReportRuns, metric: str) -> list[tuple[float | None, list[float] | None]]:
    """Return value and bootstrap interval, None for none, of each run that has results."""
    task, _, name = metric.partition("/")
    bounds = {run: of.get("intervals", {}).get("tasks", {}).get(task, {}) for run, of in runs.evaluations.items()}
    return [(values.get(metric), bounds.get(run, {}).get(name)) for run, values in runs.results.items()]


def _compared(runs: ReportRuns, groups: list[Group], metric: str) -> dict[str, Any]:
    cells = []
    found = [
        {seed: runs.results[run][metric] for run, seed in zip(group.runs, group.seeds, strict=True)
         if metric in runs.results[run]} for group in groups
    ]  # fmt: skip
    for k, of_seed in enumerate(found):
        values = list(of_seed.values())
        cells.append(
            {
                "mean": sum(values) / len(values) if values else None,
                "count": len(values),
                "interval": interval(values),
                "change": difference(found[0], of_seed) if k and values and found[0] else None,
            }
        )
    return {"name": metric, "lower": lower_is_better(metric), "cells": cells}


def versions(runs: ReportRuns) -> Markup:
    """Return the config of each run, and the library versions that wrote the graphs and this report."""
    here = {"gcnlabel": __version__, "python": platform.python_version()} | {name: version(name) for name in LIBRARIES}
    return render("versions.html", here=here, graphs=runs.graph_versions, configs=runs.config_texts)
