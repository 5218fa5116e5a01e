"""How often should an average tag be shown? Folds of the training splits of the Mulan sets alone.

    python benchmarks/estimator_epochs.py [NAME ...]

Writes benchmarks/results/estimator_epochs.json: set, head and how often (or ``50 epochs``) -> LRAP, micro-F1, macro-F1
and seconds of one core, the mean over three folds of the training split; no test split is read. It is what
``gcnlabel.estimators.length.SHOWN`` was chosen by. Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from sklearn.metrics import f1_score, label_ranking_average_precision_score
from yardsticks import splits

from gcnlabel.estimators import LabelGraphClassifier, LabelKFold, length
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "estimator_epochs.json"
SETS = ("emotions", "birds", "scene", "yeast", "medical")
HEADS = ("linear", "graph")
CHOICES = (2000, 3000, 4000, None)
"""How often a tag is shown; None for 50 epochs."""
FOLDS = 3


def measure(name: str, head: str, shown: int | None) -> dict[str, float]:
    """Return the mean of each metric, and of the seconds, over the folds."""
    inputs, targets = splits(name)
    x, y = inputs["train"].astype(np.float64), targets["train"]["labels"].astype(int)
    found: dict[str, list[float]] = {}
    for seed, (train, test) in enumerate(LabelKFold(FOLDS, random_state=1).split(x, y)):
        length.SHOWN = shown or length.SHOWN
        model = LabelGraphClassifier(head=head, max_iter=None if shown else length.EPOCHS, random_state=seed)
        start = time.process_time()
        model.fit(x[train], y[train])
        seconds, soft, truth = time.process_time() - start, model.predict_proba(x[test]), y[test]
        values = {
            "lrap": label_ranking_average_precision_score(truth, soft),
            "micro_f1": f1_score(truth, soft >= 0.5, average="micro"),
            "macro_f1": f1_score(truth, soft >= 0.5, average="macro", zero_division=0),
            "seconds": seconds,
        }
        for key, value in values.items():
            found.setdefault(key, []).append(float(value))
    return {key: round(fmean(values), 4) for key, values in found.items()}


def main() -> None:
    """Measure the named data sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(SETS), help=", ".join(SETS))
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for name in parser.parse_args().names:
        for head in HEADS:
            results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
            for shown in CHOICES:
                key = f"{name}; {head}; {f'{shown} times' if shown else f'{length.EPOCHS} epochs'}"
                results[key] = measure(name, head, shown)
                print(key, results[key], flush=True)
            with atomic_write(RESULT, overwrite=True) as temporary:
                temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
