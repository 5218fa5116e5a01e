"""The classifier beside scikit-learn's, MLkNN and a plain loop, on the same splits: quality and time of ``fit``.

    python benchmarks/estimators.py [NAME ...] [--seeds 5] [--only linear --only graph]

Writes benchmarks/results/estimators.json; --only measures some classifiers anew and keeps the others as they are.
Everyone has its default settings but 200 trees, and the same features: scaled by mean and deviation, of ``medical``,
whose words are sparse, as they are. The whole training split is given to ``fit``. Seconds are those of one core that
the process used. What draws nothing is measured once, and the head ``default``, which takes far longer, by up to
--default-seeds. The plain loop is a hand-written one of PyTorch: the network, batches and epochs of the linear head.
MLkNN is that of scikit-multilearn-ng (``pip install scikit-multilearn-ng``), left out where it is not installed or
fails. Data: the folder named by GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from plain_loop import PlainLoop
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, label_ranking_average_precision_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain
from sklearn.preprocessing import StandardScaler
from yardsticks import splits

from gcnlabel.data.features import is_sparse
from gcnlabel.estimators import LabelGraphClassifier
from gcnlabel.files import atomic_write

RESULT = Path(__file__).parent / "results" / "estimators.json"
SETS = ("emotions", "birds", "scene", "yeast", "medical")
Makers = dict[str, Callable[[int], Any]]
FOREST, LINEAR, GRAPH, DEFAULT = "random forest", "linear", "graph", "default"
LOOP, ONE_VS_REST, CHAIN, NEIGHBOURS = "plain PyTorch loop", "OneVsRest", "ClassifierChain", "MLkNN"


def makers() -> Makers:
    """Return name -> what makes the classifier of a seed."""
    found: Makers = {
        LINEAR: lambda seed: LabelGraphClassifier(head="linear", random_state=seed),
        LOOP: PlainLoop,
        GRAPH: lambda seed: LabelGraphClassifier(head="graph", random_state=seed),
        FOREST: lambda seed: RandomForestClassifier(200, random_state=seed, n_jobs=1),
        ONE_VS_REST: lambda seed: OneVsRestClassifier(LogisticRegression(max_iter=1000)),
        CHAIN: lambda seed: ClassifierChain(LogisticRegression(max_iter=1000), order="random", random_state=seed),
    }
    if importlib.util.find_spec("skmultilearn") is not None:
        from skmultilearn.adapt import MLkNN

        found[NEIGHBOURS] = lambda seed: MLkNN(k=10)
    return {**found, DEFAULT: lambda seed: LabelGraphClassifier(random_state=seed)}


def probabilities(model: Any, x: np.ndarray) -> np.ndarray:
    """Return the probability of each tag [N, L]."""
    found = model.predict_proba(x)
    if isinstance(found, list):  # one array a tag, of one column where training saw one value
        return np.stack([p[:, -1] if p.shape[1] > 1 else np.zeros(len(p)) for p in found], axis=1)
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found)


def measure(name: str, seeds: int, default_seeds: int, only: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Return classifier -> metric or ``seconds`` -> value of each seed; of ``only`` those, where any are named."""
    inputs, targets = splits(name)
    sparse = is_sparse(inputs["train"])
    scaler = StandardScaler(with_mean=not sparse, with_std=not sparse).fit(inputs["train"])
    x, new = (np.asarray(scaler.transform(inputs[split]), dtype=np.float64) for split in ("train", "test"))
    y, truth = (targets[split]["labels"].astype(int) for split in ("train", "test"))
    varies = y.any(0) & ~y.all(0)  # scikit-learn's chains and MLkNN need both values
    most = {DEFAULT: default_seeds, ONE_VS_REST: 1, NEIGHBOURS: 1}
    results: dict[str, dict[str, list[float]]] = {}
    for title, make in makers().items():
        if only and title not in only:
            continue
        for seed in range(min(seeds, most.get(title, seeds))):
            try:
                found = _measured(make(seed), x, y, new, truth, varies)
            except (TypeError, ValueError, AttributeError) as error:  # a package that does not suit scikit-learn's
                print(f"{name}: {title} is left out: {error}", flush=True)
                break
            for key, value in found.items():
                results.setdefault(title, {}).setdefault(key, []).append(round(value, 4))
        if title in results:
            print(name, title, {key: round(float(np.mean(v)), 3) for key, v in results[title].items()}, flush=True)
    return results


def _measured(
    model: Any, x: np.ndarray, y: np.ndarray, new: np.ndarray, truth: np.ndarray, varies: np.ndarray
) -> dict[str, float]:
    scores = np.zeros(truth.shape)
    start = time.process_time()
    model.fit(x, y[:, varies])
    seconds = time.process_time() - start
    scores[:, varies] = probabilities(model, new)
    hard, seen = scores >= 0.5, truth.any(0)
    return {
        "lrap": float(label_ranking_average_precision_score(truth, scores)),
        "micro_f1": float(f1_score(truth, hard, average="micro")),
        "macro_f1": float(f1_score(truth[:, seen], hard[:, seen], average="macro", zero_division=0)),
        "seconds": seconds,
    }


def main() -> None:
    """Measure the named data sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(SETS), help=", ".join(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--default-seeds", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="a classifier, by its name in the results")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    LabelGraphClassifier(head="linear", max_iter=1).fit(np.eye(4), np.eye(4))  # imports what trains
    for name in options.names:
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        found = measure(name, options.seeds, options.default_seeds, options.only)
        results[name] = {**results.get(name, {}), **found} if options.only else found
        with atomic_write(RESULT, overwrite=True) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
