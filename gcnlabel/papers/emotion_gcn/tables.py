"""The five tables of the paper, computed from finished runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gcnlabel.papers.emotion_gcn import reported
from gcnlabel.papers.emotion_gcn.cells import mean_cell, paired_cell
from gcnlabel.papers.emotion_gcn.names import NAMES
from gcnlabel.papers.emotion_gcn.plan import SMALLER, Source, cell, of_setting
from gcnlabel.papers.emotion_gcn.result_table import Column, ResultTable
from gcnlabel.papers.emotion_gcn.results import (
    CCC,
    SCORE,
    Measure,
    accuracy,
    system_values,
    values_of,
)

CREDIT = "Columns headed reported: Antoniadis, Filntisis and Maragos, FG 2021."
SYNTHETIC = "Measured on SYNTHETIC faces (drawn by a renderer, not photographs), with a small network"


def make_table(name: str, source: Source, output: Path, seeds: int) -> dict[str, ResultTable]:
    """Return the result tables that make up one table of the paper, by file name.

    Args:
        name: ``table1`` to ``table5``.
        source: The training data.
        output: Output folder of the command.
        seeds: Number of seeds.

    Raises:
        InputError: A run is not finished.
    """
    if name in ("table1", "table3"):
        return _comparison(name, source, output, seeds)
    if name == "table2":
        return _grid(source, output, seeds)
    return {name: _literature(source, output, seeds) if name == "table4" else _smaller(source, output, seeds)}


def caption(text: str, data: str, source: Source, seeds: int, credit: str = CREDIT) -> str:
    """Return a caption with the data, the number of seeds and the source of reported numbers."""
    over = f"Mean and standard deviation over {seeds} seeds." if seeds > 1 else "One seed."
    warning = f"{SYNTHETIC}: not comparable with the reported numbers, which were measured on {data}."
    where = warning if source.synthetic else f"Measured on {data}."
    return f"{text} {over} {where} {credit}"


def _comparison(name: str, source: Source, output: Path, seeds: int) -> dict[str, ResultTable]:
    """Return Table I (AffectNet) or III (Aff-Wild2), and the paired differences from multi-task + CCC."""
    paper = reported.AFFECTNET if name == "table1" else reported.AFF_WILD2
    data = "AffectNet" if name == "table1" else "Aff-Wild2"
    measures = (accuracy(source) if name == "table1" else SCORE, *CCC)
    systems = source.systems
    values = {
        (system, measure.key): system_values(system, measure, source, output, seeds)
        for system in systems
        for measure in measures
    }
    table = ResultTable(
        caption(f"Compared models ({data}).", data, source, seeds),
        "model",
        [NAMES[system] for system in systems],
        [
            Column(
                measure.title,
                [mean_cell(values[system, measure.key]) for system in systems],
                [paper.get(system, {}).get(measure.key) for system in systems],
                measure.digits,
            )
            for measure in measures
        ],
    )
    return {name: table, f"{name}_differences": _differences(values, systems, measures, data, source, seeds)}


def _differences(
    values: Mapping[tuple[str, str], Sequence[float]],
    systems: Sequence[str],
    measures: Sequence[Measure],
    data: str,
    source: Source,
    seeds: int,
) -> ResultTable:
    base = "multi-task-ccc"
    others = [system for system in systems if system != base]
    text = (
        f"Mean paired difference from {NAMES[base]} with its 95% confidence interval (Student's t, {seeds} seeds). "
        "An interval that contains 0 means that the difference is not significant."
        if seeds > 1
        else f"Difference from {NAMES[base]}; one seed gives no confidence interval."
    )
    where = f"{SYNTHETIC}." if source.synthetic else f"Measured on {data}."
    columns = [
        Column(
            m.title, [paired_cell(values[s, m.key], values[base, m.key]) for s in others], digits=m.digits, signed=True
        )
        for m in measures
    ]
    return ResultTable(f"{text} {where}", "model", [NAMES[system] for system in others], columns)


def _grid(source: Source, output: Path, seeds: int) -> dict[str, ResultTable]:
    """Return Table II: tau by layers, and p by layers."""
    measure = accuracy(source)

    def column(layers: int, name: str, values: Sequence[float], paper: Sequence[float]) -> Column:
        settings = [cell(layers, **{name: value}) for value in values]
        cells = [mean_cell(values_of(of_setting(setting, seeds), measure, source, output)) for setting in settings]
        return Column(f"{layers} layer{'s' if layers > 1 else ''}", cells, paper)

    texts = {"tau": "threshold tau, at p = 0.7", "p": "weight of the neighbours p, at tau = 0.1"}
    grids = {"tau": (reported.TAUS, reported.TAU_GRID), "p": (reported.PS, reported.P_GRID)}
    return {
        f"table2_{name}": ResultTable(
            caption(f"Emotion-GCN: {measure.title} by layers and {texts[name]}.", "AffectNet", source, seeds),
            name,
            [f"{value:g}" for value in values],
            [column(layers, name, values, of_layers) for layers, of_layers in paper.items()],
            one_measure=True,
        )
        for name, (values, paper) in grids.items()
    }


def _literature(source: Source, output: Path, seeds: int) -> ResultTable:
    """Return Table IV: published accuracies on AffectNet-7, each with its paper, and the measured one."""
    measure = accuracy(source)
    ours = mean_cell(system_values("emotion-gcn", measure, source, output, seeds))
    published = reported.LITERATURE | reported.LATER
    cells = [ours if method == "Emotion-GCN" else None for method in published]
    credit = (
        "Source: the paper of the method. Reported numbers: from Table IV of Antoniadis, Filntisis and Maragos; "
        f"those of the later {' and '.join(reported.LATER)} from their own papers."
    )
    text = caption("Published methods on AffectNet with 7 classes.", "AffectNet", source, seeds, credit)
    columns = [Column(measure.title, cells, list(published.values()))]
    return ResultTable(
        text, "method", list(published), columns, sources=[reported.SOURCES[method] for method in published]
    )


def _smaller(source: Source, output: Path, seeds: int) -> ResultTable:
    """Return Table V: the compared models with the smaller backbone."""
    measure = accuracy(source)
    backbone = "a small network of widths 8, 16, 32" if source.synthetic else "BReG-NeXt-50"
    cells = [mean_cell(system_values(s, measure, source, output, seeds, smaller=True)) for s in SMALLER]
    paper = [reported.BREG_NEXT[system]["accuracy"] for system in SMALLER]
    text = caption(f"The models with a smaller backbone: {backbone}.", "AffectNet with BReG-NeXt-50", source, seeds)
    return ResultTable(text, "model", [NAMES[system] for system in SMALLER], [Column(measure.title, cells, paper)])
