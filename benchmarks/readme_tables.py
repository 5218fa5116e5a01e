"""Write the README's table of results anew from benchmarks/results/*.json.

python benchmarks/readme_tables.py           # make table
python benchmarks/readme_tables.py --check   # exit code 1 when the README says something else
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gcnlabel.files import atomic_write

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
START, END = "<!-- results: written by `make table` -->", "<!-- end of results -->"
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
    folder = ROOT / "benchmarks" / "results"
    heads = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    yardsticks = json.loads((folder / "yardsticks.json").read_text(encoding="utf-8"))
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


def written_anew(text: str) -> str:
    """Return the README with the table in its place."""
    before, rest = text.split(START)
    return f"{before}{START}\n{results_table()}\n{END}{rest.split(END)[1]}"


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
