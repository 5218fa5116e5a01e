"""Write the README's tables anew from benchmarks/results/*.json.

python benchmarks/readme_tables.py           # make table
python benchmarks/readme_tables.py --check   # exit code 1 when the README says something else
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from gcnlabel.files import atomic_write

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"
ROWS = [
    ("affect_in_tweets", "emotions/micro_f1", "micro-F1"),
    ("affect_in_tweets", "emotions/lrap", "LRAP"),
    ("affect_in_tweets", "affect/valence/pearson", "Pearson valence"),
    ("affect_in_tweets", "affect/mean_ccc", "mean CCC, 5 dimensions"),
    ("emotions", "labels/micro_f1", "micro-F1"),
    ("emotions", "labels/lrap", "LRAP"),
    ("yeast", "labels/micro_f1", "micro-F1"),
    ("yeast", "labels/lrap", "LRAP"),
    ("medical", "labels/micro_f1", "micro-F1"),
    ("medical", "labels/lrap", "LRAP"),
    ("faces", "expression/accuracy", "accuracy"),
    ("faces", "expression/mean_class_accuracy", "mean class accuracy"),
]


def results_table() -> str:
    """Return the table of heads beside scikit-learn, as Markdown."""
    heads, yardsticks = _read("heads"), _read("yardsticks")
    lines = [
        "| data | metric | scikit-learn, per label | linear head | graph head | graph − linear, per seed |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, metric, title in ROWS:
        linear, graph = (heads[name]["heads"][head][metric] for head in ("linear", "graph"))
        gains = [b - a for a, b in zip(linear["values"], graph["values"], strict=True)]
        mean = sum(gains) / len(gains)
        wins = sum(gain > 0 for gain in gains)
        lines.append(
            f"| `{name}` | {title} | {_best(yardsticks.get(name, {}), metric)} | {_spread(linear)} | {_spread(graph)} "
            f"| {_short(mean, '+')}, better on {wins} of {len(gains)} |"
        )
    return "\n".join(lines)


def _best(classifiers: dict[str, dict[str, float]], metric: str) -> str:
    found = {name: values[metric] for name, values in classifiers.items() if metric in values}
    if not found:
        return "-"
    name = max(found, key=lambda key: found[key])
    return f"{_short(found[name])} ({name})"


def _spread(cell: dict[str, float]) -> str:
    return f"{_short(cell['mean'])} ± {_short(cell['sd'])}"


def _short(value: float, sign: str = "") -> str:
    return f"{value:{sign}.3f}".replace("0.", ".", 1).replace("-", "−")


def speed_table() -> str:
    """Return what the benchmarks of speed found, as Markdown."""
    heads, images, models, counts = (_read(f"{n}_speed") if n != "image_loading" else _read(n) for n in SPEEDS)
    rows = [
        ("head, training step", "dense formula", f"{_labels(n)}", _faster(row["published_to_ours"]))
        for n, row in heads["training"].items()
        if "published_to_ours" in row
    ]
    rows += [
        ("head, training step", "linear layer", _labels(n), _cost(row["to_linear"]))
        for n, row in heads["training"].items()
    ]
    rows += [
        ("head folded, inference", "linear layer", _labels(n), _cost(row["folded_to_linear"]))
        for n, row in heads["inference"].items()
    ]
    rows += [
        ("DenseNet-121, training step", "with a linear head", name, _cost(row["ratio"]))
        for name, row in models["step"].items()
    ]
    rows += [
        ("DenseNet-121, inference in onnxruntime", "PyTorch eager", name, _faster(row["ratio"]))
        for name, row in models["export"].items()
    ]
    for name, row in counts["spearman"].items():
        rows += [
            ("label graph, Spearman", rival, name, _faster(row[f"{rival}_ratio"])) for rival in ("scipy", "pandas")
        ]
    for name, row in counts["cooccurrence"].items():
        rows += [("co-occurrence", "one scipy product", name, _cost(row["to_scipy"]))]
        if "loops_ratio" in row:
            rows += [("co-occurrence", "nested loops", name, _faster(row["loops_ratio"]))]
    rows += [
        (f"images: {name}", "released recipe", "227 px, one core", _faster(ratio))
        for name, ratio in images["ratio_to_published"].items()
        if not name.startswith("published")
    ]
    rows += [("`gcnlabel --help`", "`import click`", "", _cost(models["help"]["ratio"]))]
    head = ["| what | beside | size | found |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows), "", _bounds(models, counts, images)])


def _bounds(models: dict[str, Any], counts: dict[str, Any], images: dict[str, Any]) -> str:
    """Return what bounds the numbers, as a paragraph."""
    coco = next(iter(counts["cooccurrence"].values()))
    rate, engine = models["rate"], models["lightning"]
    onnx = {name: row for name, row in models["export"].items() if "onnxruntime" in row}
    reached = [
        int(name.rpartition(" ")[2]) * rate["gflop_an_image"] / row["onnxruntime"] / rate["gflops_a_second"]
        for name, row in onnx.items()
    ]
    extra = [row["extra_mib"] for row in counts["memory"].values()]
    resident = models["memory"]["training"][4:]
    more = (2 * 300 * 512 + 3 * 35 * 512) / (3 * 35 * 1024)
    text = (
        "What bounds these. Beside a linear layer, a generated head has (2 x 300 x 512 + 3 x 35 x 512) / "
        f"(3 x 35 x 1024) = {more:.1f} times the multiplications for each label. Loops over "
        f"the COCO-like tags take {coco['loops_s'] / coco['scipy_s']:.0f} times as long as scipy's product, in which "
        f"co-occurrence ends. onnxruntime reaches {min(reached):.0%} to {max(reached):.0%} of the rate of a matrix "
        f"product on this machine ({rate['gflops_a_second']:.0f} GFLOP/s). Streaming Parquet of values on a grid takes "
        f"{min(extra):.0f} to {max(extra):.0f} MiB, whether of {' or '.join(counts['memory'])}; arbitrary "
        "floats are all kept, and take memory as they come. "
        f"Lightning adds "
        f"{engine['own_ms_a_step']:.1f} ms to a step. Over the last 500 of 1,000 training steps, memory grew by "
        f"{resident[-1] - resident[0]:.1f} MiB."
    )
    cheaper = images["ratio_to_nearest_pixels"]
    text += (
        " The recipe for images is taken with bilinear sampling in both turns, as ours is; with nearest pixels in both "
        f"it is {images['ratio_to_published']['published, nearest pixels']:.1f}x as fast, and the cache is "
        f"{cheaper['cache, augmented in batches']:.1f}x and the originals "
        f"{cheaper['originals, augmented in batches']:.2f}x as fast as that."
    )
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


SPEEDS = ("head", "image_loading", "model", "statistics")
SECTIONS = {"results": results_table, "speed": speed_table}


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _labels(number: str) -> str:
    return f"{int(number):,} labels"


def _faster(ratio: float) -> str:
    return f"{ratio:.3g}x as fast"


def _cost(ratio: float) -> str:
    return f"{ratio:.2f}x its time"


def written_anew(text: str) -> str:
    """Return the README with the tables in their places."""
    for name, table in SECTIONS.items():
        start, end = f"<!-- {name}: written by `make table` -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = f"{before}{start}\n{table()}\n{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    """Write, or check, the README."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    text = README.read_text(encoding="utf-8")
    anew = written_anew(text)
    if parser.parse_args().check:
        sys.exit(0 if anew == text else "README.md is not what benchmarks/results say: run make table")
    with atomic_write(README, overwrite=True) as temporary:
        temporary.write_text(anew, encoding="utf-8")


if __name__ == "__main__":
    main()
