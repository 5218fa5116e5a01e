"""What is a label graph worth on real data? Every head with the same recipe, budget and grid, 10 paired seeds.

    python benchmarks/ablations.py [NAME ...] [--head HEAD ...]

Runs what ``gcnlabel ablate CONFIG --set "select={metric: main, mode: max}"`` runs and writes
benchmarks/results/ablations.json, which the README's tables are made of; with --head, of these heads alone, beside
those that are there.
Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gcnlabel.config import load_config
from gcnlabel.files import atomic_write
from gcnlabel.studies.ablation import Budget, run_ablation

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "ablations.json"
SELECT = ["select={metric: main, mode: max}"]
"""Rate and epoch of every head are selected by what the tables show."""


@dataclass(frozen=True)
class Study:
    """What is asked of one data set: ``gcnlabel ablate CONFIG`` with these options."""

    config: str
    shares: tuple[float, ...] = (1.0,)
    seeds: int = 10
    rates: tuple[float, ...] = (0.001, 0.003, 0.01)
    min_steps: int = 600
    few: tuple[tuple[str, int], ...] | None = None


STUDIES = {
    "affect_in_tweets": Study("affect_in_tweets/config.yaml", (0.01, 0.05, 0.2, 1.0), min_steps=300),
    "emotions": Study("mulan/emotions.yaml"),
    "yeast": Study("mulan/yeast.yaml"),
    "medical": Study("mulan/medical.yaml"),
    "faces": Study("faces/config.yaml", seeds=3, rates=(0.003,), min_steps=300),  # images take long on a CPU
}


def measure(study: Study, heads: Sequence[str] | None = None) -> dict[str, Any]:
    """Return regime -> head -> metric of a whole task, or of one dimension -> value of each seed."""
    config = load_config(ROOT / "examples" / study.config, SELECT)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        budget = Budget(range(study.seeds), study.rates, study.min_steps)
        found = run_ablation(config, Path(folder), budget, study.shares, study.few, heads=heads, workers=None)
    for regime in found["regimes"].values():
        for head in regime["heads"].values():
            head["metrics"] = {name: _rounded(values) for name, values in head["metrics"].items() if _kept(name)}
    minutes = round((time.perf_counter() - start) / 60, 1)
    return {"config": f"examples/{study.config}", "minutes": minutes, **found}


def _kept(metric: str) -> bool:
    return metric.count("/") == 1 or metric.endswith(("/ccc", "/pearson"))


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, 5) for value in values]


def renewed(known: dict[str, Any], found: dict[str, Any], heads: Sequence[str]) -> dict[str, Any]:
    """Return known results with some heads as they were found now."""
    for name, regime in known["regimes"].items():
        regime["heads"] |= {head: found["regimes"][name]["heads"][head] for head in heads}
    return known


def main() -> None:
    """Measure the named data sets and write their results beside those that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(STUDIES), help=", ".join(STUDIES))
    parser.add_argument("--head", action="append", help="renew this head's results alone")
    options = parser.parse_args()
    for name in options.names:
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        found = measure(STUDIES[name], options.head)
        print(f"{name}: {found['minutes']} minutes", flush=True)
        results[name] = found if options.head is None else renewed(results[name], found, options.head)
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
