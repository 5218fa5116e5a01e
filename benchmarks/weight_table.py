"""The README's table of how much dimensions count, of benchmarks/results/dimension_weights.json."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean

RESULT = Path(__file__).parent / "results" / "dimension_weights.json"
SHOWN = ("mean_ccc", "lrap", "mAP")


def weight_table() -> str:
    """Return rows of data set and amount, columns of weights; CCC / LRAP / mAP, the mean over heads and seeds."""
    found: dict[tuple[str, str], dict[float, list[dict[str, list[float]]]]] = {}
    for key, metrics in json.loads(RESULT.read_text()).items():
        name, amount, _, weight = key.split("; ")
        found.setdefault((name, amount), {}).setdefault(float(weight), []).append(metrics)
    weights = sorted({weight for row in found.values() for weight in row})
    lines = ["| CCC / LRAP / mAP | " + " | ".join(f"{weight:g}" for weight in weights) + " |"]
    lines.append("| --- |" + " --- |" * len(weights))
    for (name, amount), row in found.items():
        lines.append(f"| {name}, {amount} | " + " | ".join(_cell(row[weight]) for weight in weights) + " |")
    return "\n".join(lines)


def _cell(heads: list[dict[str, list[float]]]) -> str:
    means = (fmean(_mean(metrics, ending) for metrics in heads) for ending in SHOWN)
    return " / ".join(f"{mean:.3f}".lstrip("0") for mean in means)


def _mean(metrics: dict[str, list[float]], ending: str) -> float:
    return fmean(value for name, values in metrics.items() if name.endswith(f"/{ending}") for value in values)
