"""What ablations found, as Markdown for the README."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.studies.ablation import Difference, difference, holm
from gcnlabel.studies.ablation.report import short, signed

RESULTS = Path(__file__).parent / "results"
WHOLE = "100% of the samples"
ROWS = [
    ("affect_in_tweets", "emotions/lrap", "LRAP"),
    ("affect_in_tweets", "emotions/micro_f1", "micro-F1"),
    ("affect_in_tweets", "affect/mean_ccc", "mean CCC, 5 dimensions"),
    ("affect_in_tweets", "affect/valence/pearson", "Pearson valence"),
    ("emotions", "labels/lrap", "LRAP"),
    ("emotions", "labels/micro_f1", "micro-F1"),
    ("yeast", "labels/lrap", "LRAP"),
    ("yeast", "labels/micro_f1", "micro-F1"),
    ("medical", "labels/lrap", "LRAP"),
    ("medical", "labels/micro_f1", "micro-F1"),
    ("faces", "expression/macro_f1", "macro-F1"),
    ("faces", "expression/accuracy", "accuracy"),
]
HEADS = ("linear", "linear + cosine", "stacking", "label-query attention", "published head", "default")
SCARCE = (
    "affect on 10 samples",
    "affect on 50 samples",
    "1% of the samples",
    "5% of the samples",
    "20% of the samples",
)
TAGS, DIMENSIONS = "emotions/lrap", "affect/mean_ccc"
CONTROLLED = [row for row in ROWS if row[2] in ("LRAP", "mean CCC, 5 dimensions", "macro-F1")]
Heads = dict[str, Any]


def results_table() -> str:
    """Return the heads beside each other and scikit-learn, with all labels observed."""
    ablations, yardsticks = read("ablations"), read("yardsticks")
    lines = [
        "| data | metric | scikit-learn, per label | " + " | ".join(HEADS) + " | default − best of linear, + cosine |",
        "| --- " * (len(HEADS) + 4) + "|",
    ]
    for name, metric, title in (row for row in ROWS if row[0] in ablations):
        heads = ablations[name]["regimes"][WHOLE]["heads"]
        cells = [_spread(heads[head]["metrics"][metric]) if head in heads else "–" for head in HEADS]
        gap = _above_best(heads, metric)
        cells = [f"`{name}`", title, _best(yardsticks.get(name, {}), metric), *cells, _interval(gap)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def controls_table() -> str:
    """Return the other heads, with all labels observed, beside the one whose vectors the signed graph generates."""
    ablations = read("ablations")
    regimes = {name: found["regimes"][WHOLE]["heads"] for name, found in ablations.items()}
    ours = {name: "signed graph" if "signed graph" in heads else "default" for name, heads in regimes.items()}
    lines = [
        "| head | " + " | ".join(f"`{name}`, {title}" for name, _, title in CONTROLLED) + " |",
        "| --- " * (len(CONTROLLED) + 1) + "|",
    ]
    known = dict.fromkeys(head for heads in regimes.values() for head in heads if head not in (*HEADS, "signed graph"))
    for head in ("signed graph", *known):
        cells = []
        for name, metric, _ in CONTROLLED:
            heads, reference = regimes[name], ours[name]
            found = reference if head == "signed graph" else head
            cells.append(_marked(heads, found, metric, _marks(heads, metric, reference)))
        lines.append(f"| {head} | {' | '.join(cells)} |")
    return "\n".join(lines)


def scarce_table() -> str:
    """Return every head of affect_in_tweets where dimensions or all labels are scarce, as mean CCC and LRAP."""
    regimes = read("ablations")["affect_in_tweets"]["regimes"]
    lines = [
        "| head | " + " | ".join(SCARCE) + " | LRAP, affect on 50 |",
        "| --- " * (len(SCARCE) + 2) + "|",
    ]
    marks = {name: _marks(regimes[name]["heads"], DIMENSIONS) for name in SCARCE}
    for head in dict.fromkeys(name for regime in SCARCE for name in regimes[regime]["heads"]):
        cells = [_marked(regimes[name]["heads"], head, DIMENSIONS, marks[name]) for name in SCARCE]
        cells.append(_spread(regimes[SCARCE[1]]["heads"][head]["metrics"][TAGS]))
        lines.append(f"| {head} | {' | '.join(cells)} |")
    return "\n".join(lines)


def tuning_table() -> str:
    """Return what was tried for the default, as mean CCC and LRAP on validation data."""
    settings = read("default_tuning")["settings"]
    amounts = list(next(iter(settings.values())))
    lines = [
        "| setting | " + " | ".join(f"{title}, {amount}" for amount in amounts for title in ("CCC", "LRAP")) + " |",
        "| --- " * (2 * len(amounts) + 1) + "|",
    ]
    for setting, found in settings.items():
        cells = [_spread(found[amount][metric]) for amount in amounts for metric in (DIMENSIONS, TAGS)]
        lines.append(f"| {setting} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _above_best(heads: Heads, metric: str) -> Difference:
    """Return what the default is above the better, on average, of the linear and the cosine head."""
    best = max(("linear", "linear + cosine"), key=lambda name: np.mean(heads[name]["metrics"][metric]))
    return difference(heads["default"]["metrics"][metric], heads[best]["metrics"][metric])


def _marks(heads: Heads, metric: str, reference: str = "default") -> dict[str, str]:
    """Return ↓ or ↑ for each head below or above a reference; in brackets where Holm's correction undoes it."""
    ours = heads[reference]["metrics"][metric]
    gaps = {name: difference(ours, of["metrics"][metric]) for name, of in heads.items() if name != reference}
    ps = holm({name: gap.p for name, gap in gaps.items()})
    arrows = {name: "↓" if gap.mean > 0 else "↑" for name, gap in gaps.items()}
    return {
        name: f" {arrows[name]}" if ps[name] < 0.05 else f" ({arrows[name]})" if gap.p < 0.05 else ""
        for name, gap in gaps.items()
    }


def _marked(heads: Heads, head: str, metric: str, marks: dict[str, str]) -> str:
    return _spread(heads[head]["metrics"][metric]) + marks.get(head, "") if head in heads else "–"


def _best(classifiers: dict[str, dict[str, float]], metric: str) -> str:
    found = {name: values[metric] for name, values in classifiers.items() if metric in values}
    if not found:
        return "–"
    name = max(found, key=lambda key: found[key])
    return f"{short(found[name])} ({name})"


def _spread(values: list[float]) -> str:
    return f"{short(float(np.mean(values)))} ± {short(float(np.std(values, ddof=1)))}".replace("-", "−")


def _interval(gap: Difference) -> str:
    low, high = gap.mean - gap.half_width, gap.mean + gap.half_width
    return f"{signed(gap.mean)} [{signed(low)}, {signed(high)}]"


def read(name: str) -> dict[str, Any]:
    """Return what a benchmark wrote."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found
