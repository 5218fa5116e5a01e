"""What is a label graph worth on real data? Every head with the same recipe, budget and grid, paired seeds.

    python benchmarks/ablations.py [NAME ...] [--folder runs/ablations]

Runs what ``gcnlabel ablate CONFIG --held-out budget --set "select={metric: main, mode: max}"`` runs, and writes
benchmarks/results/ablations.json, which the README's tables are made of. Each label budget and seed is one job, whose
result is kept in the folder: called again, it goes on, or takes what ``gcnlabel ablate --output FOLDER/NAME`` made.
Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
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
FIRST_SEED = 10
"""The rules of the default were looked at with seeds below it."""
HEADS = ("cosine", "label-query attention", "5 linear heads")
WITH_GRAPH = (
    "generator without edges",
    "label kernel",
    "signed graph",
    "default without a graph",
    "default, labels shuffled",
)


@dataclass(frozen=True)
class Study:
    """What is asked of one data set: ``gcnlabel ablate CONFIG`` with these options."""

    config: str
    few: str | None = None
    seeds: int = 10
    min_steps: int = 600
    without_graph: bool = False  # no correlation reaches the threshold of the default


STUDIES = {
    "affect_in_tweets": Study("affect_in_tweets/config.yaml", "affect", 5, 300),
    "films": Study("films/config.yaml", "numbers", 5, 300),
    "molecules": Study("molecules/config.yaml", "properties", 3, 300),
    "emotions": Study("mulan/emotions.yaml"),
    "birds": Study("mulan/birds.yaml"),
    "medical": Study("mulan/medical.yaml"),
    "scene": Study("mulan/scene.yaml", without_graph=True),
    "yeast": Study("mulan/yeast.yaml"),
}


def measure(name: str, folder: Path, only: list[int] | None = None, workers: int | None = None) -> dict[str, Any]:
    """Return label budget -> head -> metric of a whole task, or of one dimension -> value of each seed."""
    study = STUDIES[name]
    config = load_config(ROOT / "examples" / study.config, [*SELECT, f"seed={FIRST_SEED}"])
    budget = Budget(range(FIRST_SEED, FIRST_SEED + study.seeds), min_steps=study.min_steps)
    few = [] if study.few is None else [(study.few, number) for number in only or (10, 50)]
    heads = (*(() if study.few is None else ("stacking",)), *HEADS, *(() if study.without_graph else WITH_GRAPH))
    options: dict[str, Any] = {"heads": heads, "held_out": True, "workers": workers}
    place = folder / "-".join([name, *map(str, only or ())])
    return kept(name, run_ablation(config, place, budget, [] if only else [1.0], few, **options)[0])


def kept(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return what tables are made of."""
    for regime in found["regimes"].values():
        for head in regime["heads"].values():
            head["metrics"] = {metric: _rounded(of) for metric, of in head["metrics"].items() if _kept(metric)}
    return {**found, "config": f"examples/{STUDIES[name].config}"}


def _kept(metric: str) -> bool:
    return metric.count("/") == 1 or metric.endswith(("/ccc", "/pearson"))


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, 5) for value in values]


def main() -> None:
    """Measure the named data sets and write their results beside those that are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(STUDIES), help=", ".join(STUDIES))
    parser.add_argument("--folder", type=Path, default=Path("runs/ablations"), help="where jobs are kept")
    parser.add_argument("--few", type=int, nargs="+", help="only these numbers of samples; what else is kept stays")
    parser.add_argument("--workers", type=int, help="jobs at a time; by default one a core")
    options = parser.parse_args()
    for name in options.names:
        found = measure(name, options.folder, options.few, options.workers)
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        if options.few and name in results:
            found["regimes"] = results[name]["regimes"] | found["regimes"]
        results[name] = found
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
