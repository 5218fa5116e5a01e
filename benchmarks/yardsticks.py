"""What do other tools' per-label classifiers reach on the same splits?

    python benchmarks/yardsticks.py [NAME ...]

Writes benchmarks/results/yardsticks.json. scikit-learn's logistic regression and random forest train on the whole
training split, decide at 0.5 and keep their default settings (200 trees); valence by ridge regression. LibMultiLabel's
linear methods (``pip install libmultilabel``; left out where it is not installed, and of more than 5,000 samples) train
on it too, with the penalty and the scaling that give the best micro-F1 on a fifth of it. Data: the folder named by
GCNLABEL_DATA (default data).
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, label_ranking_average_precision_score, label_ranking_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gcnlabel.config import load_config
from gcnlabel.files import atomic_write
from gcnlabel.run.data import load_data

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "yardsticks.json"
CONFIGS = {
    "affect_in_tweets": "affect_in_tweets/config.yaml",
    "emotions": "mulan/emotions.yaml",
    "yeast": "mulan/yeast.yaml",
    "medical": "mulan/medical.yaml",
    "scene": "mulan/scene.yaml",
    "birds": "mulan/birds.yaml",
}
CLASSIFIERS = {
    "logistic regression": lambda: LogisticRegression(max_iter=1000),
    "logistic regression, scaled": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "random forest": lambda: RandomForestClassifier(200, random_state=0, n_jobs=-1),
}

LINEAR = {"1-vs-rest": "train_1vsrest", "cost-sensitive": "train_cost_sensitive", "thresholds": "train_thresholding"}
"""Methods of LibMultiLabel."""
PENALTIES = (0.01, 0.1, 1.0, 10.0)
MAX_LINEAR = 5000
"""Samples up to which they are measured: of more, with dense features, they take hours."""


def splits(name: str) -> tuple[dict[str, np.ndarray], dict[str, dict[str, np.ndarray]]]:
    """Return inputs and targets of train (with what a run would hold out of it) and test."""
    config = load_config(ROOT / "examples" / CONFIGS[name])
    parts = load_data(config).parts
    held_out = () if getattr(config.data.splits, "val", None) else ("val",)
    whole = {"train": ("train", *held_out), "test": ("test",)}
    inputs = {split: np.concatenate([parts[p].inputs for p in of]) for split, of in whole.items()}
    targets = {
        split: {
            task: np.concatenate([np.asarray(_dense(parts[p].annotations.targets[task])) for p in of])
            for task in parts["train"].annotations.targets
        }
        for split, of in whole.items()
    }
    return inputs, targets


def _dense(target: object) -> object:
    return target.toarray() if hasattr(target, "toarray") else target


def probabilities(make: object, x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the probability of every label [N, L], each from a classifier of its own."""
    columns = []
    for column in y.T:
        model = make() if len(np.unique(column)) == 2 else DummyClassifier()
        model.fit(x, column)
        found = model.predict_proba(new)
        columns.append(found[:, 1] if found.shape[1] == 2 else np.full(len(new), float(column[0])))
    return np.stack(columns, axis=1)


def linear_values(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each of LibMultiLabel's methods with its decision values [N, L], of which those above 0 are decided for."""
    if importlib.util.find_spec("libmultilabel") is None or len(x) > MAX_LINEAR:
        return
    fold = np.random.default_rng(0).permutation(len(x)) < len(x) // 5
    for title, method in LINEAR.items():
        settings = list(itertools.product((False, True), PENALTIES))
        try:
            found = [_values(method, x[~fold], y[~fold], x[fold], *of) > 0 for of in settings]
        except ValueError as error:
            print(f"LibMultiLabel, {title}, is left out: {error}", flush=True)  # its version does not suit SciPy's
            continue
        scores = [f1_score(y[fold], hard, average="micro") for hard in found]
        yield f"LibMultiLabel, {title}", _values(method, x, y, new, *settings[int(np.argmax(scores))])


def _values(method: str, x: np.ndarray, y: np.ndarray, new: np.ndarray, scaled: bool, penalty: float) -> np.ndarray:
    from libmultilabel import linear

    if scaled:
        scaler = StandardScaler().fit(x)
        x, new = scaler.transform(x), scaler.transform(new)
    options = f"-s 2 -B 1 -q -c {penalty}"
    train: Any = getattr(linear, method)
    model = train(sparse.csr_matrix(y.astype(float)), sparse.csr_matrix(x), options=options, verbose=False)
    return np.asarray(linear.predict_values(model, sparse.csr_matrix(new)))


def scored(tags: str, truth: np.ndarray, scores: np.ndarray, hard: np.ndarray) -> dict[str, float]:
    """Return metric -> value of scores and decisions [N, L]."""
    seen = truth.any(0)
    return {
        f"{tags}/micro_f1": f1_score(truth, hard, average="micro"),
        f"{tags}/macro_f1": f1_score(truth[:, seen], hard[:, seen], average="macro", zero_division=0),
        f"{tags}/lrap": label_ranking_average_precision_score(truth, scores),
        f"{tags}/ranking_loss": label_ranking_loss(truth, scores),
    }


def measure(name: str) -> dict[str, dict[str, float]]:
    """Return classifier -> metric -> value."""
    inputs, targets = splits(name)
    tags = "emotions" if name == "affect_in_tweets" else "labels"
    y, truth = targets["train"][tags].astype(int), targets["test"][tags].astype(int)
    results = {}
    for classifier, make in CLASSIFIERS.items():
        scores = probabilities(make, inputs["train"], y, inputs["test"])
        results[classifier] = scored(tags, truth, scores, scores >= 0.5)
    for method, values in linear_values(inputs["train"], y, inputs["test"]):
        results[method] = scored(tags, truth, values, values > 0)
    if "affect" in targets["train"]:
        known, asked = (np.isfinite(targets[split]["affect"][:, 0]) for split in ("train", "test"))
        ridge = Ridge().fit(inputs["train"][known], targets["train"]["affect"][known, 0])
        predicted = ridge.predict(inputs["test"][asked])
        pearson = np.corrcoef(predicted, targets["test"]["affect"][asked, 0])[0, 1]
        results["ridge"] = {"affect/valence/pearson": float(pearson)}
    return results


def main() -> None:
    """Measure the named data sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(CONFIGS), help=", ".join(CONFIGS))
    results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in parser.parse_args().names:
        results[name] = measure(name)
        print(name, {c: {m: round(v, 3) for m, v in values.items()} for c, values in results[name].items()}, flush=True)
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
