"""Label statistics: how long, and in how much memory, beside what people use.

    python benchmarks/statistics_speed.py [PART ...]   # spearman memory memory_floats cooccurrence; alone:
                                                       # small (287,000 rows), coco, open_images

Spearman of 7 classes and 2 dimensions against ``scipy.stats.spearmanr`` and pandas' ``corr(method="spearman")`` on the
same indicators; values on a grid (annotations have few decimals) and arbitrary floats. Memory of the same, streamed.
Co-occurrence of tags against nested loops and against one scipy product. One thread. Sides take turns. Writes
benchmarks/results/statistics_speed.json; rows that are not measured stay.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse
from scipy.stats import spearmanr

from gcnlabel.annotations import Annotations
from gcnlabel.files import atomic_write
from gcnlabel.statistics import CoOccurrence, LabelStatistics, measure_files
from gcnlabel.statistics.tag_pairs import ENTRIES_AT_ONCE, FEW_PAIRS
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

RESULT = Path(__file__).parent / "results" / "statistics_speed.json"
FACES = TaskSet([Categorical("expression", [f"e{i}" for i in range(7)]), Dimensional("affect", ["valence", "arousal"])])
BLOCKS = {("expression", "affect"): "spearman"}


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the time of a call, and what it returned."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def in_turns(sides: dict[str, Callable[[], Any]], turns: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the median time of each side, and its result; none finds the memory that it has just left."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        results = {}
        for name, side in sides.items():
            taken, results[name] = seconds(side)
            times[name].append(taken)
    return {f"{name}_s": statistics.median(taken) for name, taken in times.items()}, results


def faces(rows: int, grid: bool) -> tuple[np.ndarray, np.ndarray]:
    """Draw classes and values that depend on them."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 7, rows)
    values = np.clip(rng.normal(size=(rows, 2)) * 0.3 + (codes[:, None] - 3) * 0.1, -1, 1)
    return codes, np.round(values, 3) if grid else values


def ours(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Measure with this package."""
    annotations = Annotations(FACES, {"expression": codes, "affect": values})
    return LabelStatistics(FACES, BLOCKS).update(annotations).compute()[:7, 7:]


def with_scipy(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Measure with scipy: every column ranked."""
    return spearmanr(np.column_stack([np.eye(7)[codes], values]))[0][:7, 7:]


def with_pandas(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Measure with pandas."""
    frame = pd.DataFrame(np.column_stack([np.eye(7)[codes], values]))
    return frame.corr(method="spearman").to_numpy()[:7, 7:]


def spearman(sizes: tuple[int, ...] = (287_000, 30_000_000)) -> dict[str, Any]:
    """Time the three on few and many rows."""
    found = {}
    sides = {"gcnlabel": ours, "scipy": with_scipy, "pandas": with_pandas}
    for rows in sizes:
        for kind in ("grid", "floats"):
            samples = faces(rows, kind == "grid")
            row, results = in_turns(
                {name: partial(side, *samples) for name, side in sides.items()}, 1 if rows > 10**6 else 9
            )
            for name in ("scipy", "pandas"):
                if np.abs(results["gcnlabel"] - results[name]).max() > 1e-9:
                    raise RuntimeError(f"{name} finds another matrix")
                row[f"{name}_ratio"] = row[f"{name}_s"] / row["gcnlabel_s"]
            found[f"{rows:,} rows, {kind}"] = row
            print(f"{rows:>12,} {kind:7} {row}", flush=True)
    return found


def memory(grid: bool = True) -> dict[str, Any]:
    """Measure the peak memory of streaming Parquet files of several lengths, each in a process of its own."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in (3_000_000, 10_000_000, 30_000_000):
            path = Path(folder) / "labels.parquet"
            codes, values = faces(rows, grid)
            names = pl.Series(codes).cast(pl.String).replace({str(i): f"e{i}" for i in range(7)})
            frame = pl.DataFrame({"expression": names, "valence": values[:, 0], "arousal": values[:, 1]})
            frame.write_parquet(path, row_group_size=2**20)
            del codes, values, names, frame
            done = subprocess.run(
                [sys.executable, __file__, "--stream", path], capture_output=True, text=True, check=True
            )
            found[f"{rows:,} rows"] = json.loads(done.stdout)
            print(f"{rows:>12,} {found[f'{rows:,} rows']}", flush=True)
    return found


def stream(path: str) -> dict[str, float]:
    """Stream one file and return seconds and the peak above what the imports took, in MiB."""
    before = peak_kib()
    time_taken, _ = seconds(lambda: measure_files([path], FACES, BLOCKS).compute())
    return {"s": time_taken, "extra_mib": (peak_kib() - before) / 1024}


def peak_kib() -> int:
    """Return the most memory that this program has held, in KiB (Linux)."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def tags(samples: int, labels: int, each: float) -> sparse.csr_matrix:
    """Draw tags whose frequencies fall like 1 / rank."""
    rng = np.random.default_rng(0)
    weights = 1 / np.arange(10, labels + 10)
    counts = rng.poisson(each, samples)
    columns = np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(counts.sum())).clip(max=labels - 1)
    matrix = sparse.csr_matrix(
        (np.ones(len(columns), np.float32), columns, np.concatenate([[0], counts.cumsum()])), shape=(samples, labels)
    )
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def loops(matrix: sparse.csr_matrix) -> np.ndarray:
    """Count as users write it: for each sample, for each of its tags, for each other tag."""
    counts = np.zeros((matrix.shape[1],) * 2)
    for i in range(matrix.shape[0]):
        row = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
        for a in row:
            for b in row:
                if a != b:
                    counts[a, b] += 1
    return counts


def cooccurrence(name: str, samples: int, labels: int, each: float, turns: int) -> dict[str, Any]:
    """Time the co-occurrence of tags, loops once where there are few samples, and state the bound of its memory."""
    matrix = tags(samples, labels, each)
    tasks = TaskSet([MultiLabel("tags", [str(i) for i in range(labels)])])
    annotations = Annotations(tasks, {"tags": matrix})
    sides = {
        "gcnlabel": lambda: CoOccurrence(tasks, "tags", "tags").update(annotations).pairs,
        "scipy": lambda: matrix.T @ matrix,
    }
    row, results = in_turns(sides, turns)
    if (abs(results["gcnlabel"] - results["scipy"])).max() > 0:
        raise RuntimeError("scipy counts otherwise")
    row["to_scipy"] = row["gcnlabel_s"] / row["scipy_s"]
    if samples < 10**6:
        row["loops_s"], _ = seconds(lambda: loops(matrix))
        row["loops_ratio"] = row["loops_s"] / row["gcnlabel_s"]
    row |= {"tags": matrix.nnz, "counts_mib": 8 * results["scipy"].nnz / 2**20, "bound": bound(matrix, labels)}
    print(name, row, flush=True)
    return {f"{name}: {samples:,} x {labels:,}": row}


def bound(matrix: sparse.csr_matrix, labels: int) -> str:
    """Return the most memory that counting takes beside the tags, as the module says."""
    if labels**2 <= FEW_PAIRS:
        return "128 MiB"
    return f"{12 * min(matrix.nnz, ENTRIES_AT_ONCE) / 2**20:.0f} MiB + 4 x counts"


COCO = ("COCO-like", 118_000, 80, 3, 9)
OPEN_IMAGES = ("Open-Images-like", 9_000_000, 20_000, 8, 1)
PARTS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "spearman": ("spearman", spearman),
    "small": ("spearman", lambda: spearman((287_000,))),
    "memory": ("memory", memory),
    "memory_floats": ("memory_floats", lambda: memory(grid=False)),
    "cooccurrence": ("cooccurrence", lambda: cooccurrence(*COCO) | cooccurrence(*OPEN_IMAGES)),
    "coco": ("cooccurrence", lambda: cooccurrence(*COCO)),
    "open_images": ("cooccurrence", lambda: cooccurrence(*OPEN_IMAGES)),
}


def main() -> None:
    """Measure the named parts and write them beside the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["spearman", "memory", "memory_floats", "cooccurrence"])
    parser.add_argument("--stream", help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.stream:
        print(json.dumps(stream(options.stream)))
        return
    for name in options.parts:
        key, measure = PARTS[name]
        found = measure()
        results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        with atomic_write(RESULT, overwrite=True) as temporary:
            results[key] = results.get(key, {}) | found
            temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
