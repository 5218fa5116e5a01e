"""Do the constants of the default's rule fit the data sets that they were chosen on?

    python benchmarks/leave_one_set_out.py [NAME ...] [--seeds 3] [--folder runs/leave_one_set_out]

The base models of the default are trained once for each data set, label budget and seed; their scores are combined with
every choice of the rule's constants: rounds of the greedy selection, and the numbers of held-out samples at which
selected and equal weights are averaged, for classes and tags and for dimensions. For each data set the constants that
are best on the *other* sets are applied to it, beside the constants of the package and the best in hindsight.
Writes benchmarks/results/leave_one_set_out.json. A value is the mean, over tasks, of LRAP and mAP, or of the mean CCC,
on the test split. Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from gcnlabel.config import load_config
from gcnlabel.data import targets_to_tensors
from gcnlabel.files import atomic_write
from gcnlabel.metrics import METRICS
from gcnlabel.run.build import build_units
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.ensembles import combining, dimensions, fitting, selection
from gcnlabel.run.graph import build_graph
from gcnlabel.run.steps import resolved
from gcnlabel.studies.ablation.label_budgets import LabelBudget

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "leave_one_set_out.json"
SETS = {
    "affect_in_tweets": ("affect_in_tweets/config.yaml", "affect"),
    "films": ("films/config.yaml", "numbers"),
    "emotions": ("mulan/emotions.yaml", None),
    "birds": ("mulan/birds.yaml", None),
    "medical": ("mulan/medical.yaml", None),
    "scene": ("mulan/scene.yaml", None),
    "yeast": ("mulan/yeast.yaml", None),
}
SELECT = ["select={metric: main, mode: max}"]
ROUNDS, OF_LABELS, OF_DIMENSIONS = (5, 10, 25), (0, 30, 100, 300, 10**9), (0, 5, 20, 80, 10**9)
SHIPPED = (selection.ROUNDS, selection.DOUBT[True], selection.DOUBT[False])
METRICS_SHOWN = {"lrap", "mAP", "mean_ccc"}


def budgets(few: str | None) -> list[LabelBudget]:
    """Return the label budgets of a data set."""
    return [LabelBudget(), *(LabelBudget(task=few, samples=n, held_out=True) for n in (10, 50) if few is not None)]


def trained(path: Path, budget: LabelBudget, seed: int) -> dict[str, Any]:
    """Return what the base models of the default say of training, held-out and test samples."""
    config = load_config(path, [*SELECT, f"seed={seed}"])
    data = budget.subsample(load_data(config), seed)
    config = resolved(config, data)
    found: dict[str, Any] = {}

    def keep(*evidence: Any) -> Any:
        found["evidence"] = evidence
        return combining.combine(*evidence)

    with mock.patch.object(fitting, "combine", keep):
        trials = fitting.fit_ensemble(config, data, build_graph(config, data)).trials
    found["test"] = {name: fitting.standard_scores(trial.model, data.parts["test"]) for name, trial in trials.items()}
    found["targets"] = standard_targets(config, data)
    return found


def standard_targets(config: Any, data: RunData) -> dict[str, Any]:
    """Return the targets of the test split, those of dimensions in standard units."""
    return build_units(config, data).standardized(targets_to_tensors(data.parts["test"].annotations))


def value(found: dict[str, Any], rule: tuple[int, int, int]) -> float:
    """Return how good the ensemble is on the test split with some constants of the rule."""
    rounds, of_labels, of_dimensions = rule
    doubt = {True: of_labels, False: of_dimensions}

    def greedy(worth: Any, models: int) -> Any:
        return selection.greedy(worth, models, rounds)

    with (
        mock.patch.dict(selection.DOUBT, doubt),
        mock.patch.object(combining, "greedy", greedy),
        mock.patch.object(dimensions, "greedy", greedy),
    ):
        made = combining.combine(*found["evidence"])
    tasks = found["evidence"][0]
    scores = made.scores(tasks, found["test"])
    values = []
    for task in tasks:
        measured = METRICS.resolve(task.metrics)(task, scores[task.name], found["targets"][task.name], None)
        values.append(np.mean([measured[name] for name in METRICS_SHOWN & set(measured)]))
    return float(np.mean(values))


def measured(name: str, seeds: int, folder: Path) -> dict[str, list[list[float]]]:
    """Return label budget -> rule -> value of each seed; the values of each seed are kept in the folder."""
    path, few = SETS[name]
    table: dict[str, list[list[float]]] = {}
    for budget in budgets(few):
        each = []
        for seed in range(10, 10 + seeds):
            place = folder / f"{name}-{budget.samples or 'all'}-{seed}.json"
            if not place.exists():
                found = trained(ROOT / "examples" / path, budget, seed)
                values = [round(value(found, rule), 5) for rule in rules()]
                with atomic_write(place) as temporary:
                    temporary.write_text(json.dumps(values))
            each.append(json.loads(place.read_text()))
        table[str(budget)] = [list(of_rule) for of_rule in zip(*each, strict=True)]
    return table


def rules() -> Iterator[tuple[int, int, int]]:
    """Yield rounds, and the numbers of samples for classes and tags, and for dimensions."""
    return itertools.product(ROUNDS, OF_LABELS, OF_DIMENSIONS)


def left_out(tables: dict[str, dict[str, list[list[float]]]]) -> dict[str, Any]:
    """Return for each set the value of the package's constants, of those chosen on the other sets, and of the best.

    Gains over the package's constants are averaged over label budgets within a set, then over sets.
    """
    every = list(rules())
    own = every.index(SHIPPED)
    gains = {
        name: np.mean([np.mean(np.array(of) - of[own], 1) for of in table.values()], 0)
        for name, table in tables.items()
    }
    found = {}
    for name, table in tables.items():
        others = np.mean([gain for other, gain in gains.items() if other != name], 0)
        chosen, best = int(others.argmax()), int(gains[name].argmax())
        means = np.array([np.mean(of, 1) for of in table.values()]).mean(0)
        found[name] = {
            "shipped": round(float(means[own]), 5),
            "others": {"rule": every[chosen], "value": round(float(means[chosen]), 5)},
            "hindsight": {"rule": every[best], "value": round(float(means[best]), 5)},
        }
    return found


def main() -> None:
    """Measure the named data sets, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(SETS), help=", ".join(SETS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("runs/leave_one_set_out"), help="where scores are kept")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    tables = {}
    for name in options.names:
        tables[name] = measured(name, options.seeds, options.folder)
        print(name, {budget: round(float(np.mean(of)), 4) for budget, of in tables[name].items()}, flush=True)
    result = {"seeds": options.seeds, "shipped": SHIPPED, "sets": left_out(tables)}
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
