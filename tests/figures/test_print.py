"""Figures of graphs of 2 to 159 labels, with long names, signs, isolated labels: their artists, at both widths."""

import logging
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.patches import ArrowStyle, FancyArrowPatch, FancyBboxPatch

from gcnlabel import figures
from gcnlabel.figures import figure_style
from gcnlabel.figures.label_graph import strongest_edges
from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet
from gcnlabel.transforms import AbsoluteThreshold, Reweight

sys.path.insert(0, str(Path(__file__).parent))
from drawn_texts import check_texts

SIZES = (2, 9, 16, 45, 80, 159)
WIDTHS = {"column": 3.3, "page": 7.0}
USUAL = ((2, "column"), (9, "column"), (16, "page"), (45, "column"), (80, "column"), (80, "page"), (159, "page"))
"""Every size, and both sides of where names, and arrows, stop to fit; the rest is drawn by ``make test-slow``."""
DRAWN = [
    pytest.param(size, width, marks=[] if (size, width) in USUAL else [pytest.mark.slow])
    for size in SIZES
    for width in WIDTHS
]


def names_of(size):
    """Short and very long names."""
    return [("a label with a very long name, number " if i % 5 == 4 else "label ") + str(i) for i in range(size)]


def graph_of(size, signed=True):
    """A graph of two tasks, from 9 labels on; the last two of 16 or more are isolated."""
    rng = np.random.default_rng(size)
    statistic = rng.uniform(-1 if signed else 0, 1, (size, size)) * (rng.uniform(size=(size, size)) < 4 / size)
    if size > 9:
        statistic[-2:] = statistic[:, -2:] = 0
    statistic[0, 1], statistic[1, 0] = 0.9, 0.7
    names = names_of(size)
    cut = size - 2 if size >= 9 else size
    tasks = [MultiLabel("tags", names[:cut])] + ([Dimensional("numbers", names[cut:])] if cut < size else [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of isolated labels
        return Reweight(0.5)(AbsoluteThreshold(0.1)(LabelGraph.from_dense(statistic, TaskSet(tasks))))


def edges_of(graph):
    source, target = graph.edge_index.tolist()
    return {(graph.labels[j], graph.labels[i]) for j, i in zip(source, target, strict=True) if i != j}


@pytest.mark.parametrize(("size", "width"), DRAWN)
def test_adjacency_at_every_size(size, width, monkeypatch):
    graph = graph_of(size)
    with figure_style(width):
        figure = figures.adjacency_figure(graph)
    texts = check_texts(figure, monkeypatch)
    assert figure.get_figwidth() == WIDTHS[width]
    assert figure.get_figheight() <= 9
    assert figure.axes[0].get_position().width > 0.4  # however long the names are
    table = figures.adjacency_table(graph)
    matrix = graph.adjacency().numpy()
    places = [graph.labels.index(name) for name in table["label"]]
    assert sorted(places) == list(range(size))
    np.testing.assert_array_equal(table.drop("label").to_numpy(), matrix[np.ix_(places, places)])
    assert table.columns[1:] == table["label"].to_list()
    drawn = figure.axes[0].collections[0].get_array()
    between = np.where(np.eye(size, dtype=bool), 0, table.drop("label").to_numpy())
    np.testing.assert_array_equal(np.ma.filled(drawn, 0), between)
    named = [name for name in graph.labels if any(text.split("   ")[0] == name for text in texts)]
    assert bool(named) == (size < 159 and (size, width) != (80, "column"))
    assert named or "row of the table" in figure.axes[0].get_ylabel()


@pytest.mark.parametrize(("size", "width"), DRAWN)
def test_label_graph_at_every_size(size, width, monkeypatch, caplog):
    graph = graph_of(size)
    with figure_style(width), caplog.at_level(logging.INFO, "gcnlabel"):
        figure = figures.label_graph_figure(graph)
    texts = check_texts(figure, monkeypatch)
    table = figures.label_graph_table(graph)
    assert set(zip(table["source"], table["target"], strict=True)) >= edges_of(graph)
    assert sorted(table["weight"]) == pytest.approx(sorted(graph.edge_weight.tolist()))
    if not figure.axes[0].patches:
        assert size >= (45 if width == "column" else 159)
        assert "do not fit a graph" in caplog.text
        assert any("heat map" in text for text in texts)
        return
    shown = {(s, t) for s, t, drawn in zip(table["source"], table["target"], table["drawn"], strict=True) if drawn}
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == len(shown)
    assert (graph.labels[0], graph.labels[1]) in shown
    assert (graph.labels[1], graph.labels[0]) in shown
    assert all(type(arrow.get_arrowstyle()) is ArrowStyle.CurveFilledB for arrow in arrows)
    assert (len(shown) < len(edges_of(graph))) == ("strongest edges" in caplog.text)
    isolated = [text for text in texts if text.startswith("isolated: ")]
    assert len(isolated) == (size > 9)
    check_boxes(figure)


def check_boxes(figure):
    """Check that the boxes with names do not touch."""
    boxes = [p.get_window_extent() for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) > 1
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:k])


def test_arrows_lead_from_the_source_to_the_receiving_label():
    graph = LabelGraph.from_dense([[0, 0.5, 0], [-0.25, 0, 0], [1.0, 0, 0]], ["a", "b", "c"])
    figure = figures.label_graph_figure(graph)
    arrows = {p.get_gid(): p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)}
    assert set(arrows) == {"edge b to a", "edge a to b", "edge a to c"}
    middle = {t.get_text(): np.array(t.get_position()) for t in figure.axes[0].texts}
    figure.canvas.draw()
    for gid, arrow in arrows.items():
        _, source, _, target = gid.split()
        line = arrow.get_path().vertices  # the curve, then the head, closed by a point that does not count
        assert np.linalg.norm(line[0] - middle[source]) < np.linalg.norm(line[0] - middle[target])
        assert np.linalg.norm(line[-2] - middle[target]) < np.linalg.norm(line[-2] - middle[source])
    to_a, to_b, to_c = arrows["edge b to a"], arrows["edge a to b"], arrows["edge a to c"]
    assert to_b.get_linestyle() != to_a.get_linestyle() == to_c.get_linestyle()
    assert to_b.get_edgecolor() != to_a.get_edgecolor() == to_c.get_edgecolor()
    assert to_c.get_linewidth() > to_a.get_linewidth() > to_b.get_linewidth()
    assert to_a.get_connectionstyle().rad == to_b.get_connectionstyle().rad > to_c.get_connectionstyle().rad == 0


@pytest.mark.parametrize(("size", "width"), [(9, "column"), (45, "page"), (159, "page")])
def test_similarity_and_dependency(size, width, monkeypatch):
    graph = graph_of(size)
    rng = np.random.default_rng(0)
    runs = {"one": rng.normal(size=(size, 4)), "apart": (rng.normal(size=(size - 2, 4)), rng.normal(size=(2, 3)))}
    with figure_style(width):
        similarity = figures.similarity_figure(runs, graph.tasks)
        dependency = figures.dependency_figure(graph)
    check_texts(similarity, monkeypatch)
    check_texts(dependency, monkeypatch)
    table = figures.similarity_table(runs, graph.tasks).filter(run="apart")
    assert table.null_count().sum_horizontal()[0] == 4 * (size - 2)
    of_edges = figures.dependency_table(graph).filter(weight=0.0)
    assert (of_edges["statistic"].abs() < 0.1).all()
    row = figures.dependency_table(graph).row(0, named=True)
    j, i = graph.labels.index(row["source"]), graph.labels.index(row["target"])
    assert row["statistic"] == graph.statistic[i, j].item()
    assert row["weight"] == graph.adjacency()[i, j].item()


def test_strongest_edges_are_those_of_each_label():
    weights = np.random.default_rng(0).normal(size=(30, 30)) * (1 - np.eye(30))
    kept = strongest_edges(weights, 2)
    incident = [sorted([*np.abs(weights[i]), *np.abs(weights[:, i])])[-2] for i in range(30)]
    size = np.abs(weights)
    expected = np.array(
        [[size[i, j] >= min(incident[i], incident[j]) and i != j for j in range(30)] for i in range(30)]
    )
    np.testing.assert_array_equal(kept, expected)
    assert strongest_edges(weights).sum() <= 3 * 30
    assert strongest_edges(weights, 0).sum() == 30 * 29
