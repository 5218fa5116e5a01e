"""How much should dimensions beside tags count? The weight of their loss, measured on validation data.

    python benchmarks/dimension_weights.py [NAME ...]

Heads are trained as ``gcnlabel ablate`` trains them, with seeds that no other benchmark uses, and measured on the val
split; the test split is not looked at. Writes benchmarks/results/dimension_weights.json; what is there already is not
measured again.
Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from gcnlabel.config import Config, load_config
from gcnlabel.errors import GcnlabelWarning
from gcnlabel.files import atomic_write
from gcnlabel.run.data import load_data
from gcnlabel.studies.ablation import Budget, LabelBudget
from gcnlabel.studies.ablation.job import Job, measured
from gcnlabel.tasks import Dimensional

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "dimension_weights.json"
SETS = ("affect_in_tweets", "films", "molecules")
HEADS = ("linear", "cosine", "signed graph")
WEIGHTS = (0.03, 0.1, 0.3, 1.0)
AMOUNTS = (None, 50, 10)
BUDGET = Budget(range(200, 205))


def jobs(name: str) -> Iterator[tuple[str, list[Job]]]:
    """Yield what is trained on a data set: a name, and the heads at one label budget with one weight, by seed."""
    select = "select={metric: main, mode: max}"  # the loss depends on the weights
    config = load_config(ROOT / "examples" / name / "config.yaml", [select])
    whole = load_data(config)
    whole = replace(whole, parts={**whole.parts, "test": whole.parts["val"]})
    task = next(task.name for task in whole.tasks if isinstance(task, Dimensional))
    for samples in AMOUNTS:
        amount = LabelBudget() if samples is None else LabelBudget(task=task, samples=samples)
        for weight in WEIGHTS:
            own = weighted(config, task, weight)
            yield f"{name}; {amount}; {weight:g}", [Job(own, whole, amount, s, BUDGET, HEADS) for s in BUDGET.seeds]


def weighted(config: Config, task: str, weight: float) -> Config:
    """Return a config with another weight of one task's loss."""
    loss = config.loss[task].model_dump() if task in config.loss else {}
    return config.model_validate({**config.model_dump(), "loss": {**config.loss, task: {**loss, "weight": weight}}})


def kept(of_seeds: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Return the metrics of whole tasks, a value of each seed."""
    names = [name for name in of_seeds[0]["metrics"] if name.count("/") == 1]
    return {name: [round(found["metrics"][name], 5) for found in of_seeds] for name in names}


def main() -> None:
    """Measure what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=SETS, help=", ".join(SETS))
    warnings.simplefilter("ignore", GcnlabelWarning)
    for name in parser.parse_args().names:
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        for key, of_seeds in jobs(name):
            keys = {head: "; ".join([*key.split("; ")[:2], head, key.split("; ")[2]]) for head in HEADS}
            if all(of_head in results for of_head in keys.values()):
                continue
            found = [measured(job)["heads"] for job in of_seeds]
            results |= {of_head: kept([of[head] for of in found]) for head, of_head in keys.items()}
            print(key, flush=True)
            with atomic_write(RESULT, overwrite=True) as temporary:
                temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
