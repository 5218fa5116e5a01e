"""Width and style of figures: what a user asks for, and what stays untouched."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from click.testing import CliRunner

from gcnlabel import figures
from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.figures import figure_style, rendered
from gcnlabel.figures.style import COLUMN, PAGE, colour, new_figure, styled, width_or
from gcnlabel.graph import LabelGraph

MATRIX = [[0, 0.5, 0], [0.25, 0, 0], [0.1, 0, 0]]


@pytest.fixture
def graph():
    return LabelGraph.from_dense(MATRIX, ["glad", "$calm$", "sad"])


def test_nothing_of_matplotlib_is_changed(graph):
    program = (
        "import matplotlib; before = dict(matplotlib.rcParams); import gcnlabel.figures.style, gcnlabel.figures.gains;"
        "assert dict(matplotlib.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    before = dict(mpl.rcParams)
    rendered(figures.label_graph_figure(graph), "a", ("pdf", "svg", "png"), table=figures.label_graph_table(graph))
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("draw", [figures.adjacency_figure, figures.label_graph_figure])
def test_a_format_has_the_same_bytes_whatever_others_are_asked_for(graph, draw):
    table = figures.adjacency_table(graph)

    def saved(*formats):
        return {path.suffix: content for path, content in rendered(draw(graph), "a", formats, table=table).items()}

    everything = saved("png", "svg", "pdf")
    for name in ("pdf", "svg", "png"):
        assert saved(name)[f".{name}"] == everything[f".{name}"], name
    with mpl.rc_context({"font.family": "monospace", "figure.dpi": 50, "savefig.dpi": 30, "axes.facecolor": "red"}):
        assert saved("pdf", "svg", "png") == everything  # nor what a notebook has set


def test_fonts_are_embedded(graph):
    table = figures.adjacency_table(graph)
    found = {
        path.suffix: c
        for path, c in rendered(figures.adjacency_figure(graph), "a", ("pdf", "svg"), table=table).items()
    }
    assert b"/CIDFontType2" in found[".pdf"]
    assert b"/Type3" not in found[".pdf"]
    assert b"<text" not in found[".svg"]
    assert b"<!-- glad -->" in found[".svg"]
    assert b"<!-- $calm$ -->" in found[".svg"]
    assert not any(text.get_parse_math() for text in figures.label_graph_figure(graph).axes[0].texts)


@pytest.mark.parametrize(("given", "inches"), [("column", 3.3), ("page", 7.0), ("4.5", 4.5), (5, 5.0), (None, 3.3)])
def test_widths(graph, given, inches):
    with figure_style(given):
        assert figures.adjacency_figure(graph).get_figwidth() == inches
        assert figures.label_graph_figure(graph).get_figwidth() == inches
    assert width_or(PAGE) == PAGE


@pytest.mark.parametrize("given", ["wide", "0", "1e9", "nan", "-3"])
def test_no_width(given):
    with pytest.raises(InputError, match="width"), figure_style(given):
        pass


def test_own_styles(tmp_path):
    path = tmp_path / "mine.mplstyle"
    path.write_text(
        "font.size: 6.5\naxes.prop_cycle: cycler(color=['red', 'lime'])\nfigure.figsize: 1, 1\nsavefig.bbox: tight\n"
    )

    @styled
    def drawn():
        figure = new_figure(width_or(COLUMN), 2)
        axes = figure.add_subplot()
        return figure, axes.plot([0, 1], label="a"), axes.text(0, 0, "text"), [colour(k) for k in (0, 1, 2)]

    with figure_style(styles=[path]):
        figure, _, text, colours = drawn()
    assert text.get_fontsize() == 6.5
    assert colours == ["red", "lime", "red"]
    png = next(iter(rendered(figure, "a", ("png",), table=figures.tau_sweep_table([0], [0], [0])).values()))
    assert int.from_bytes(png[16:20], "big") == 660  # 3.3 inches of 200 pixels
    with figure_style(styles=["ggplot", str(path)]):
        assert drawn()[2].get_fontsize() == 6.5
    assert drawn()[2].get_fontsize() == 8


@pytest.mark.parametrize(
    ("text", "said"), [("font.size: large wording", "font.size"), ("no.such.key: 1", "no.such.key"), ("\xff", "read")]
)
def test_bad_styles(tmp_path, text, said):
    path = tmp_path / "bad.mplstyle"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=said), figure_style(styles=[path]):
        pass
    for style in ("no such style", "https://example.org/a.mplstyle", "json.tool"):
        with pytest.raises(InputError, match="there is no style"), figure_style(styles=[style]):
            pass


def test_figures_of_a_graph_file(graph, tmp_path):
    graph.save(tmp_path / "graph.safetensors")

    def call(*options):
        given = ["figures", str(tmp_path / "graph.safetensors"), "--output", str(tmp_path / "out"), *options]
        return CliRunner().invoke(main, given)

    result = call("--width", "column", "--format", "svg", "--style", "grayscale")
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    stems = {f"{name}_graph" for name in ("adjacency", "label_graph", "dependency")}
    assert names == {f"{stem}.{suffix}" for stem in stems for suffix in ("svg", "csv")}
    assert 'width="237.6pt"' in (tmp_path / "out" / "adjacency_graph.svg").read_text()
    matrix = np.loadtxt(tmp_path / "out" / "adjacency_graph.csv", delimiter=",", skiprows=1, usecols=(1, 2, 3))
    np.testing.assert_allclose(matrix, MATRIX)
    chosen = call("--overwrite", "--figure", "label_graph,strongest=1,layout=force")
    assert chosen.exit_code == 0, chosen.output
    assert "drawn: the strongest edges of each label, 2 of 3" in chosen.output
    assert (tmp_path / "out" / "label_graph_graph.csv").read_text().count("true") == 2
    bad = {"--width": "thin", "--style": "nothing", "--figure": "label_graph,strongest=many"}
    for options, said in zip(bad.items(), ("width 'thin'", "there is no style", "strongest"), strict=True):
        result = call("--overwrite", *options)
        assert result.exit_code == 2
        assert said in result.output
    result = CliRunner().invoke(main, ["figures", str(tmp_path / "no.safetensors"), "--output", str(tmp_path / "x")])
    assert result.exit_code == 2
    assert not (tmp_path / "x").exists()
    result = CliRunner().invoke(main, ["inspect-graph", str(tmp_path / "graph.safetensors"), "--width", "page"])
    assert result.exit_code == 2
    assert "--width has no effect without --tau-sweep" in result.output
