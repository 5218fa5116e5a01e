"""Print the AUC of zero-shot and few-shot labels as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from gcnlabel.cli.terminal import terminal
from gcnlabel.decimals import decimal
from gcnlabel.studies.zero_shot import CHOSEN, HAS_LABEL
from gcnlabel.studies.zero_shot.edges import NAMES

MAX_LABELS = 12
"""Largest number of labels with a row for each."""


def show_zero_shot(run: str, results: Mapping[str, Any]) -> None:
    """Print one row per method, with the difference of the chosen rule; then the choices, and one row per label."""
    labels, seeds = results["labels"], results["seeds"]
    few = results["positives"]
    how = "never annotated" if few is None else f"annotated on {few} training samples with it and {few} without"
    who = labels[0] if len(labels) == 1 else f"{len(labels)} labels, each"
    title = f"{run}: AUC on {results['split']}, {who} {how}, {len(seeds)} seed(s)"
    table = Table("", "method", "mean", "sd", "chosen - method", "p (seeds)", "p (labels)")
    for number, (name, method) in enumerate(results["methods"].items(), 1):
        other = results["compared"].get(name, {})
        gain = decimal(other["difference"], 4, "+") if other else ""
        values = (_number(other.get(key), 3) for key in ("p_seeds", "p_labels"))
        cells = (str(number), name, f"{method['mean']:.4f}", _number(method["sd"], 4), gain, *values)
        table.add_row(*cells, style=_style(name))
    console = terminal()
    console.print(title, highlight=False, soft_wrap=True)
    console.print(table)
    _say_choices(results)
    if 1 < len(labels) <= MAX_LABELS:
        console.print(_by_label(results))
    for note in [*_notes(results), *results["notes"]]:
        console.print(f"note: {note}", highlight=False, soft_wrap=True)


def _notes(results: Mapping[str, Any]) -> list[str]:
    """Return notes that explain the table."""
    source = results["edges_from"]
    what = "cosines of the embeddings" if source == NAMES else f"statistics of {source}, used only for edges"
    notes = [f"edges of the zero-shot labels: {what}"]
    if results["positives"] is None:
        notes.append("seen scores are those of the same task; label graph and ridge also use labels of other tasks")
    if HAS_LABEL in results["methods"]:
        notes.append(f"{HAS_LABEL}: an upper reference, not a zero-shot method")
    return [*notes, "sd over seeds; p-values of paired t-tests over seeds and over labels, not corrected"]


def _say_choices(results: Mapping[str, Any]) -> None:
    """Print the rule of each label, or the number of labels of each rule, and the values that decided."""
    chosen = results["choices"]
    names = list(results["methods"])
    families = list(dict.fromkeys(family for of in chosen.values() for family in of["left_out_auc"]))
    if not families:
        terminal().print(f"note: too few seen labels to choose a rule: {names[0]}", highlight=False, soft_wrap=True)
        return
    title = f"chosen by leaving out seen labels in turn: their mean AUC on val, by {len(families)} of the methods above"
    table = Table("label", "chosen rule", *(str(names.index(family) + 1) for family in families), title=title)
    table.title_justify = "left"
    shown = chosen if len(chosen) <= MAX_LABELS else {}
    for label, of in shown.items():
        table.add_row(label, of["rule"], *(f"{of['left_out_auc'].get(f, float('nan')):.3f}" for f in families))
    if not shown:
        for rule, number in Counter(of["rule"] for of in chosen.values()).most_common(MAX_LABELS):
            alike = [of["left_out_auc"] for of in chosen.values() if of["rule"] == rule]
            means = (sum(of[f] for of in alike if f in of) / len(alike) for f in families)
            table.add_row(f"{number} labels", rule, *(f"{mean:.3f}" for mean in means))
    terminal().print(table)


def _by_label(results: Mapping[str, Any]) -> Table:
    """Return one row per label and one column per method, by its number in the table above."""
    methods = results["methods"]
    numbers = (str(number) for number in range(1, len(methods) + 1))
    table = Table("label", *numbers, title="mean over seeds, by label and method", title_justify="left")
    for i, label in enumerate(results["labels"]):
        means = (sum(method["auc"][i]) / len(method["auc"][i]) for method in methods.values())
        table.add_row(label, *(f"{mean:.3f}" for mean in means))
    return table


def _style(name: str) -> str | None:
    return "bold" if name == CHOSEN else None


def _number(value: float | None, digits: int) -> str:
    if value is None:
        return "-"
    least = 10.0**-digits
    return f"<{least:.{digits}f}" if 0 < value < least else f"{value:.{digits}f}"
