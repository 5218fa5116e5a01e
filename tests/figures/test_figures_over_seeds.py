"""Runs that differ in their seed alone: a mean and a band of curves, differences with intervals, against scipy."""

import numpy as np
import polars as pl
import pytest
from drawn_texts import check_texts
from matplotlib.container import ErrorbarContainer
from scipy import stats

from gcnlabel import figures
from gcnlabel.figures import figure_style
from gcnlabel.figures.seeds import Group

GRAPH = Group("graph", ("graph-1", "graph-2", "graph-3"), (1, 2, 3))
LINEAR = Group("linear", ("linear-1", "linear-2", "linear-3"), (1, 2, 3))
NAMES = ("t/lrap", "t/ranking_loss")


def losses(*values):
    return pl.DataFrame({"epoch": range(1, len(values) + 1), "train/loss": values, "val/loss": values})


@pytest.fixture
def tables():
    found = {"graph-1": losses(3.0, 2.0, 1.5), "graph-2": losses(5.0, 3.0), "graph-3": losses(4.0, 1.0, 0.5)}
    return found | {"alone": losses(2.0, 2.0, 2.0)}


def test_seeds_are_a_mean_and_a_band_to_the_ends(tables):
    figure = figures.curves_figure(tables, {"graph-1": 3, "graph-2": 2, "alone": 1}, [GRAPH])
    axes = next(axes for axes in figure.axes if axes.get_title() == "loss")
    lines = {line.get_label(): line for line in axes.lines if line.get_label()[:1] != "_"}
    assert list(lines) == [
        "graph, train (3 seeds)",
        "graph, val (3 seeds)",
        "alone, train",
        "alone, val",
    ]
    mean = lines["graph, val (3 seeds)"]
    assert mean.get_xydata().tolist() == [[1, 4], [2, 2]]  # epochs that all seeds have
    bands = [band for band in axes.collections if len(band.get_paths())]
    assert len(bands) == 2  # of both splits; a run alone has none
    for band in bands:
        corners = set(map(tuple, band.get_paths()[0].vertices.tolist()))
        assert {(1, 3), (1, 5), (2, 1), (2, 3)} <= corners
    further = [line.get_xydata().tolist() for line in axes.lines if line.get_label() == "_further"]
    assert further.count([[2, 2], [3, 1.5]]) == 2
    assert further.count([[2, 1], [3, 0.5]]) == 2
    rings = [line.get_xydata().tolist() for line in axes.lines if line.get_label() == "_selected"]
    assert rings == [[[3, 1.5]], [[2, 3.0]], [[1, 2.0]]]  # at each seed's own value
    assert "lowest to highest" in figure.legends[0].get_title().get_text()
    assert mean.get_color() != lines["alone, val"].get_color()


def test_a_group_of_which_one_run_is_there_is_that_run(tables):
    figure = figures.curves_figure({"graph-2": tables["graph-2"]}, None, [GRAPH])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["graph-2, train", "graph-2, val"]
    assert not figure.legends[0].get_title().get_text()


def test_runs_without_a_common_epoch_keep_their_lines():
    late = losses(1.0, 2.0, 3.0).with_columns(pl.col("epoch") + 10)
    figure = figures.curves_figure({"graph-1": losses(1.0, 2.0), "graph-2": late}, None, [GRAPH])
    lines = [line.get_xdata().tolist() for line in figure.axes[0].lines if line.get_label() == "_further"]
    assert lines == [[1, 2], [11, 12, 13]] * 2


def test_the_table_tells_the_groups(tables):
    table = figures.curves_table(tables, [GRAPH])
    assert table.columns == ["run", "group", "epoch", "metric", "value"]
    assert dict(table.select("run", "group").unique().iter_rows()) == {
        **dict.fromkeys(GRAPH.runs, "graph"),
        "alone": "alone",
    }


def results(rng):
    return {run: dict(zip(NAMES, rng.uniform(0.2, 0.8, 2), strict=True)) for run in (*LINEAR.runs, *GRAPH.runs)}


@pytest.mark.parametrize("width", ["column", "page"])
def test_differences_have_the_paired_interval(width, monkeypatch):
    found = results(np.random.default_rng(0))
    with figure_style(width):
        figure = figures.comparison_figure(found, [LINEAR, GRAPH])
    check_texts(figure, monkeypatch)
    values, changes = figure.axes
    bars = [c for c in changes.containers if isinstance(c, ErrorbarContainer)]
    table = figures.comparison_table(found, [LINEAR, GRAPH])
    for row, (name, bar) in enumerate(zip(NAMES, bars, strict=True)):
        paired = stats.ttest_rel([found[r][name] for r in GRAPH.runs], [found[r][name] for r in LINEAR.runs])
        low, high = paired.confidence_interval()
        (mark,) = bar.lines[0].get_xydata()
        (ends,) = bar.lines[2][0].get_segments()
        assert ends[:, 0] == pytest.approx((low, high))
        assert mark[0] == pytest.approx((low + high) / 2)
        assert round(mark[1]) == row
        there = table.row(row, named=True)
        assert there["metric"] == name
        assert (there["graph - linear: low"], there["graph - linear: high"]) == pytest.approx((low, high))
        assert there["graph: mean"] - there["linear: mean"] == pytest.approx(there["graph - linear"])
        assert there["graph-2"] == found["graph-2"][name]
    assert [t.get_text() for t in values.get_yticklabels()] == ["t/lrap →", "t/ranking_loss ←"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["linear (3 seeds)", "graph (3 seeds)"]
    assert sum(len(line.get_xdata()) for line in values.lines if line.get_label() == "_seeds") == 12


def test_a_run_alone_has_a_difference_without_an_interval():
    found = results(np.random.default_rng(1)) | {"other": {NAMES[0]: 0.5}}
    figure = figures.comparison_figure(found, [LINEAR, GRAPH])
    bars = figure.axes[1].containers
    assert [bar.has_xerr for bar in bars] == [True, True, False]  # the other lacks the second metric
    table = figures.comparison_table(found, [LINEAR, GRAPH])
    assert table["other - linear: low"].to_list() == [None, None]
    assert table["other - linear"].to_list()[1] is None


def test_seeds_of_one_config_have_no_difference():
    found = {run: values for run, values in results(np.random.default_rng(2)).items() if run in GRAPH.runs}
    figure = figures.comparison_figure(found, [GRAPH])
    assert len(figure.axes) == 1
    assert figures.comparison_table(found, [GRAPH]).columns == ["metric", *GRAPH.runs, "graph: mean"]
