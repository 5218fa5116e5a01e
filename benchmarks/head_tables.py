"""What ablations found, as Markdown for the README."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.studies.ablation import Difference, difference, holm
from gcnlabel.studies.ablation.report import short, signed

RESULTS = Path(__file__).parent / "results"
WHOLE = "100% of the samples"
TITLES = {
    "lrap": "LRAP",
    "micro_f1": "micro-F1",
    "macro_f1": "macro-F1",
    "mAP": "mAP",
    "mean_ccc": "mean CCC",
    "mean_pearson": "mean Pearson",
}
BASELINES = ("linear", "cosine", "label-query attention", "stacking")
SHOWN = (*BASELINES, "5 linear heads", "default")
INSIDE = ("default", "default without a graph", "default, labels shuffled")
Heads = dict[str, Any]


def results_table() -> str:
    """Return the heads beside each other and scikit-learn, with all labels observed."""
    yardsticks = read("yardsticks")
    columns = ["data", "metric", "other tools, per label", *SHOWN, "default − best baseline", "default − 5 linear"]
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    for name, amount, metric, title in _rows(("lrap", "micro_f1", "macro_f1", "mAP", "mean_ccc", "mean_pearson")):
        if amount == WHOLE:
            heads = _heads(name, amount)
            best = max((n for n in BASELINES if n in heads), key=lambda n: np.mean(heads[n]["metrics"][metric]))
            gaps = [
                difference(heads["default"]["metrics"][metric], heads[of]["metrics"][metric]) for of in (best, SHOWN[4])
            ]
            cells = [_spread(heads[head]["metrics"][metric]) if head in heads else "–" for head in SHOWN]
            cells = [f"`{name}`", title, _best(yardsticks.get(name, {}), metric), *cells, *map(_interval, gaps)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def verdict() -> str:
    """Return in how many cells the default holds what is asked of it, and where it does not."""
    cells, inferior, above = 0, [], 0
    for name, amount, metric, title in _rows(tuple(TITLES)):
        if amount == WHOLE:
            heads = _heads(name, amount)
            ours = heads["default"]["metrics"][metric]
            best = max((n for n in BASELINES if n in heads), key=lambda n: np.mean(heads[n]["metrics"][metric]))
            gap = difference(ours, heads[best]["metrics"][metric])
            over = difference(ours, heads["linear"]["metrics"][metric])
            cells, above = cells + 1, above + (over.mean > 0 and over.p < 0.05)
            inferior += [f"{title} on `{name}`"] if gap.mean < -max(0.003, gap.half_width) else []
    lower = "; ".join(text for metric in ("lrap", "micro_f1") for text in _below_others(metric))
    return (
        f"In {cells - len(inferior)} of {cells} cells `default` is not inferior to the best single baseline (mean "
        "difference of at least −.003 or half of the interval; it is in "
        f"{', '.join(inferior) or 'none'}), and in {above} it is above the linear head (p < .05, each cell by itself). "
        "Below the better of scikit-learn's random forest and logistic regression: "
        f"{lower or 'nowhere'}."
    )


def _below_others(metric: str) -> Iterator[str]:
    """Yield where the default is below scikit-learn's classifiers, with both values."""
    for name, classifiers in read("yardsticks").items():
        found = [
            m for m in read("ablations")[name]["regimes"][WHOLE]["heads"]["default"]["metrics"] if m.endswith(metric)
        ]
        for each in found:
            ours = float(np.mean(_heads(name, WHOLE)["default"]["metrics"][each]))
            theirs = max(of[each] for title, of in classifiers.items() if each in of and "LibMulti" not in title)
            if ours < theirs:
                yield f"{TITLES[metric]} on `{name}`, {short(ours)} and {short(theirs)}"


def few_table() -> str:
    """Return every head where dimensions are annotated on few samples, including those held out."""
    found = [(n, a, m) for n, a, m, _ in _rows(("mean_ccc", "mean_pearson", "lrap")) if a != WHOLE]
    kinds = list(dict.fromkeys((_samples(a), m.rpartition("/")[2]) for _, a, m in found))
    places = {(n, _samples(a), m.rpartition("/")[2]): (n, a, m) for n, a, m in found}
    lines = [f"| data | head | {' | '.join(f'{TITLES[kind]}, {samples}' for samples, kind in kinds)} |"]
    lines.append("| --- " * (len(kinds) + 2) + "|")
    for name, head in dict.fromkeys((n, head) for n, a, _ in found for head in _heads(n, a)):
        at = [places.get((name, *kind)) for kind in kinds]
        shown = ["–" if p is None else _marked(_heads(*p[:2]), head, p[2], _marks(_heads(*p[:2]), p[2])) for p in at]
        lines.append(f"| `{name}` | {head} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _samples(amount: str) -> str:
    """Return the number in ``TASK on N samples, ...``."""
    return amount.split(" on ")[1].split(" ")[0]


def controls_table() -> str:
    """Return what the graph adds within the ensemble: without it, and with shuffled labels."""
    columns = ["data", "label budget", "metric", *INSIDE, "default − without", "default − shuffled"]
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    for name, amount, metric, title in _rows(("lrap", "mean_ccc", "mean_pearson")):
        heads = _heads(name, amount)
        if INSIDE[1] in heads:
            ours = heads["default"]["metrics"][metric]
            cells = [_spread(heads[head]["metrics"][metric]) for head in INSIDE]
            gaps = [_interval(difference(ours, heads[head]["metrics"][metric])) for head in INSIDE[1:]]
            lines.append(f"| {' | '.join([f'`{name}`', amount.split(',')[0], title, *cells, *gaps])} |")
    return "\n".join(lines)


def _rows(metrics: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    """Yield data set, label budget, metric and its title, of whole tasks."""
    for name, found in read("ablations").items():
        for amount, regime in found["regimes"].items():
            for metric in regime["heads"]["linear"]["metrics"]:
                kind = metric.rpartition("/")[2]
                if metric.count("/") == 1 and kind in metrics:
                    yield name, amount, metric, TITLES[kind]


def _heads(name: str, amount: str) -> Heads:
    heads: Heads = read("ablations")[name]["regimes"][amount]["heads"]
    return heads


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
    """Return a file of results."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    return found
