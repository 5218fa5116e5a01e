"""Does the graph head do better than the linear head on real data? Same recipe, one line apart, several seeds.

    python benchmarks/heads.py [NAME ...] [--seeds 5]

Writes benchmarks/results/heads.json. Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import tempfile
import warnings
from pathlib import Path

from gcnlabel.config import load_config
from gcnlabel.files import atomic_write
from gcnlabel.run import RunFolder, train
from gcnlabel.run.drawing import flat_metrics

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "heads.json"
CONFIGS = {
    "affect_in_tweets": "affect_in_tweets/config.yaml",
    "emotions": "mulan/emotions.yaml",
    "yeast": "mulan/yeast.yaml",
    "medical": "mulan/medical.yaml",
    "faces": "faces/config.yaml",
}
HEADS = ("linear", "graph")


def measure(name: str, seeds: int) -> dict[str, dict[str, dict[str, float | list[float]]]]:
    """Return head -> metric -> mean, sd and the value of each seed; the heads take turns."""
    values: dict[str, dict[str, list[float]]] = {head: {} for head in HEADS}
    for seed in range(seeds):
        for head in HEADS:
            config = load_config(ROOT / "examples" / CONFIGS[name], [f"model.head.name={head}", f"seed={seed}"])
            with tempfile.TemporaryDirectory() as folder:
                metrics = flat_metrics(train(config, RunFolder(Path(folder) / "run"), progress=False))
            for metric, value in metrics.items():
                values[head].setdefault(metric, []).append(value)
            print(name, head, seed, {k: round(v, 3) for k, v in metrics.items() if k.count("/") < 2}, flush=True)
    return {
        head: {
            metric: {"mean": statistics.mean(row), "sd": statistics.stdev(row) if len(row) > 1 else 0.0, "values": row}
            for metric, row in metrics.items()
        }
        for head, metrics in values.items()
    }


def main() -> None:
    """Measure the named data sets and write their results beside those that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(CONFIGS), help=", ".join(CONFIGS))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    for name in options.names:
        found = measure(name, options.seeds)
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        results[name] = {"config": f"examples/{CONFIGS[name]}", "seeds": options.seeds, "heads": found}
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
