"""Demo on the bundled data: train a linear and a graph head, and write tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from gcnlabel.config import load_config
from gcnlabel.decimals import decimal
from gcnlabel.files import atomic_write
from gcnlabel.run import RunFolder, train
from gcnlabel.run.drawing import FigureFolder, draw_figures, flat_metrics

HEADS = ("linear", "graph")
SHOWN = {
    "expression/accuracy": "accuracy",
    "expression/mean_class_accuracy": "mean class accuracy",
    "expression/macro_f1": "macro-F1",
    "affect/valence/ccc": "CCC valence",
    "affect/arousal/ccc": "CCC arousal",
}


def run_demo(
    output: Path,
    *,
    changes: Iterable[str] = (),
    overwrite: bool = False,
    progress: bool = True,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, dict[str, float]]:
    """Train the linear and the graph head on the synthetic faces, draw their figures and compare them.

    Args:
        output: Folder of the runs, ``comparison.md`` and the figures.
        changes: ``key=value`` changes to the preset ``synthetic-faces``.
        overwrite: Whether to replace existing files.
        progress: Whether to show progress bars.
        say: Called with the name of each step.

    Returns:
        Head -> name of metric -> value on the test split.
    """
    runs = {head: RunFolder(output / head) for head in HEADS}
    results = {}
    for head, folder in runs.items():
        say(f"training the {head} head")
        config = load_config("synthetic-faces", [*changes, f"model.head.name={head}"])
        metrics = flat_metrics(train(config, folder, overwrite=overwrite, progress=progress))
        results[head] = {title: metrics[name] for name, title in SHOWN.items()}
    say("drawing the figures")
    draw_figures(list(runs.values()), FigureFolder(output / "figures", ("pdf", "png"), overwrite))
    with atomic_write(output / "comparison.md", overwrite=overwrite) as temporary:
        temporary.write_text(markdown_table(results), encoding="utf-8")
    return results


def markdown_table(results: dict[str, dict[str, float]]) -> str:
    """Return the comparison as Markdown, with one column per head."""
    heads = list(results)
    lines = [
        "Synthetic faces (drawn by a renderer, not photographs), test split, one seed:",
        "",
        "| metric | " + " | ".join(heads) + " |",
        "| --- |" + " --- |" * len(heads),
    ]
    for name in SHOWN.values():
        lines.append(f"| {name} | " + " | ".join(decimal(results[head][name], 3) for head in heads) + " |")
    return "\n".join(lines) + "\n"
