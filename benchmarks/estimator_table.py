"""Tables of classifiers on the Mulan sets, of benchmarks/results/estimators.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

RESULT = Path(__file__).parent / "results" / "estimators.json"
OURS = ("default", "graph", "linear")
METRICS = {"LRAP": "lrap", "micro-F1": "micro_f1", "macro-F1": "macro_f1"}
Values = Mapping[str, Sequence[float]]


def estimator_table() -> str:
    """Return a row a classifier and a column a data set: three metrics and the seconds, means over the seeds."""
    found: dict[str, dict[str, Values]] = json.loads(RESULT.read_text())
    names = [*OURS, *sorted({n for of in found.values() for n in of} - {*OURS})]
    lines = [f"| {' / '.join(METRICS)}, seconds | seeds | " + " | ".join(found) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(found))
    for name in names:
        seeds = {len(of[name]["lrap"]) for of in found.values() if name in of}
        title = f'`head="{name}"`' if name in OURS else name
        cells = " | ".join(_cell(of[name]) if name in of else "-" for of in found.values())
        lines.append(f"| {title} | {' to '.join(map(str, sorted(seeds)))} | {cells} |")
    return "\n".join(lines)


def estimator_ratios() -> str:
    """Return a row a comparison of times and a column a data set: ratios of the mean seconds."""
    found: dict[str, dict[str, Values]] = json.loads(RESULT.read_text())
    pairs = [("linear", "plain PyTorch loop"), ("linear", "random forest"), ("graph", "random forest")]
    lines = ["| seconds of ... to those of ... | " + " | ".join(found) + " |", "| --- |" + " --- |" * len(found)]
    for ours, theirs in (*pairs, ("default", "random forest")):
        means = ([fmean(of[name]["seconds"]) for name in (ours, theirs)] for of in found.values())
        lines.append(f"| {ours}, {theirs} | " + " | ".join(f"{a / b:.2f}" for a, b in means) + " |")
    return "\n".join(lines)


def _cell(values: Values) -> str:
    metrics = " / ".join(f"{fmean(values[key]):.3f}".lstrip("0") for key in METRICS.values())
    return f"{metrics}, {fmean(values['seconds']):.1f}"
