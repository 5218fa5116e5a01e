"""Tables in LaTeX: they fit their column, the best numbers are bold, and no zero has a sign."""

import re
import shutil
import subprocess

import pytest

from gcnlabel.papers.emotion_gcn.best import Place, best_places
from gcnlabel.papers.emotion_gcn.cells import Cell
from gcnlabel.papers.emotion_gcn.latex import latex
from gcnlabel.papers.emotion_gcn.result_table import Column, ResultTable
from gcnlabel.papers.emotion_gcn.writing import markdown

NAMES = ["Single-task", "Multi-task + CCC", "Emotion-GCN"]


def table(columns, rows=NAMES, **options):
    return ResultTable("A caption of 100% & more.", "model", rows, columns, **options)


NARROW = table([Column("accuracy (%)", [Cell(64.1, 0.4), Cell(65.2, 1.31), Cell(65.204)], [64.37, 65.69, 66.46])])
WIDE = table(
    [
        Column(f"mean class accuracy {k} (%)", [Cell(-0.0004, 0.01), Cell(0.5, 0.01), None], [0.1, None, 0.2], digits=3)
        for k in range(3)
    ]
)
CHANGES = table(
    [
        Column(title, [Cell(-0.0004, interval=(-0.02, 0.0)), Cell(-1.5), None], digits=3, signed=True)
        for title in ("CCC valence", "CCC arousal")
    ]
)
LONG = table([Column("a", [Cell(1.0)] * 12)], [f"a method with a name of many words {k}" for k in range(12)])
CREDITED = table([Column("accuracy (%)", [None] * 3, [1.0, 2.0, 3.0])], sources=["A & B, 2019", "C, 2020", "D, 2021"])
TABLES = {"narrow": NARROW, "wide": WIDE, "changes": CHANGES, "long": LONG, "credited": CREDITED}


def test_wide_tables_go_over_both_columns():
    assert {name for name, of in TABLES.items() if r"\begin{table*}" in latex(of)} == {"wide", "changes"}
    for of in TABLES.values():
        text = latex(of)
        kind = re.search(r"\\begin\{(table\*?)\}", text)[1]
        assert rf"\end{{{kind}}}" in text


def test_numbers_are_columns_of_siunitx():
    text = latex(NARROW)
    assert r"\begin{tabular}{lS[table-format=2.2(3)]S[table-format=2.2]}" in text
    assert r"Multi-task + CCC & \bfseries 65.20(131) & 65.69 \\" in text
    assert r"Emotion-GCN & \bfseries 65.20 & \bfseries 66.46 \\" in text  # alike as printed
    assert r"{\shortstack{mean class\\accuracy 0 (\%)}}" in latex(WIDE)
    assert "S[table-format=+1.3]l" in latex(CHANGES)
    assert r"Single-task &  & 1.00 & A \& B, 2019 \\" in latex(CREDITED)


@pytest.mark.parametrize("of", TABLES.values(), ids=[*TABLES])
def test_no_zero_has_a_minus(of):
    for text in (latex(of), markdown(of)):
        assert not re.search(r"[-−]0?\.0+(?!\d)", text)


def test_the_best_are_those_of_each_column_or_of_the_whole_table():
    columns = [Column("a", [Cell(1.0), Cell(2.0)], [3.0, 4.0]), Column("b", [Cell(5.0), Cell(0.0)], [None, 1.0])]
    rows = ["x", "y"]
    assert best_places(table(columns, rows)) == {Place(1, 0, False), Place(1, 0, True), Place(0, 1, False)}
    assert best_places(table(columns, rows, one_measure=True)) == {Place(0, 1, False), Place(1, 0, True)}
    assert not best_places(CHANGES)  # of differences none is best
    assert "| x | 1.00 | 3.00 | **5.00** |  |" in markdown(table(columns, rows))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_they_are_set_without_an_error_and_nothing_sticks_out(tmp_path):
    if subprocess.run(["kpsewhich", "siunitx.sty", "booktabs.sty"], capture_output=True).returncode:
        pytest.skip("needs the LaTeX packages siunitx and booktabs")
    head = r"\documentclass[twocolumn]{article}\usepackage[textwidth=7in,columnsep=0.4in]{geometry}"
    body = "\n".join(map(latex, TABLES.values()))
    path = tmp_path / "all.tex"
    path.write_text(head + r"\usepackage{booktabs,siunitx}\begin{document}" + body + r"\end{document}")
    found = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-2000:]
    assert "Overfull" not in found.stdout
