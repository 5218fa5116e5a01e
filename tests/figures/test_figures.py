import numpy as np
import polars as pl
import pytest
import torch
from matplotlib.patches import FancyArrowPatch

from gcnlabel import figures
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([Categorical("mood", ["calm", "glad"]), Dimensional("affect", ["valence", "arousal"])])
MATRIX = np.array([[0, 0, 0.35, 0], [0, 0, -0.7, 0], [0.2, 0.5, 0, 0], [0, 0, 0, 0]])


@pytest.fixture
def graph():
    return LabelGraph.from_dense(MATRIX, TASKS)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def drawn(figure):
    figure.canvas.draw()
    return figure


def test_adjacency_writes_each_weight_in_its_cell(graph):
    axes = drawn(figures.adjacency_figure(graph, title="Fig. 3")).axes[0]
    cells = {text.get_position()[::-1]: text.get_text() for text in axes.texts}  # (row, column)
    assert cells[(0, 2)] == ".35"
    assert cells[(1, 2)] == "-.70"
    assert (0, 1) not in cells  # no edge
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(TASKS.labels)
    mesh = axes.collections[0]
    assert np.allclose(np.ma.filled(mesh.get_array(), 0), MATRIX)
    assert mesh.get_clim() == pytest.approx((-0.7, 0.7))  # signed: zero is the middle
    edges = {tuple(line.get_ydata()) for line in axes.lines}
    assert (1.5, 1.5) in edges  # between the tasks
    assert axes.get_title() == "Fig. 3"
    table = figures.adjacency_table(graph)
    assert table["label"].to_list() == list(TASKS.labels)
    assert np.allclose(table.drop("label").to_numpy(), MATRIX)


def test_unsigned_adjacency_starts_at_zero():
    graph = LabelGraph.from_dense(np.abs(MATRIX), TASKS)
    assert figures.adjacency_figure(graph).axes[0].collections[0].get_clim() == pytest.approx((0, 0.7))


def test_signed_colours_reach_as_far_as_the_edges_and_not_the_diagonal():
    graph = LabelGraph.from_dense(MATRIX / 5, TASKS)
    node = torch.arange(4)
    graph.edge_index = torch.cat([graph.edge_index, node.expand(2, -1)], 1)
    graph.edge_weight = torch.cat([graph.edge_weight, torch.full((4,), 0.5)])
    mesh, diagonal = drawn(figures.adjacency_figure(graph)).axes[0].collections
    assert mesh.get_clim() == pytest.approx((-0.14, 0.14))
    assert mesh.colorbar.extend == "neither"
    assert np.ma.getmaskarray(mesh.get_array()).diagonal().all()
    assert (np.ma.getmaskarray(diagonal.get_array()) == ~np.eye(4, dtype=bool)).all()
    red, _, blue, _ = mesh.to_rgba(np.array([[0.14, -0.14]]))[0].T
    assert red[0] > blue[0]
    assert red[1] < blue[1]


def test_one_strong_edge_does_not_hide_the_others():
    weights = np.array([[0, 0.1, 0.1, 0.2], [0.2, 0, 0.15, 0.1], [0.1, 0.2, 0, 5.0], [0.1, 0.15, 0.2, 0]])
    mesh = figures.adjacency_figure(LabelGraph.from_dense(weights, TASKS)).axes[0].collections[0]
    assert 0.2 <= mesh.get_clim()[1] < 0.5
    assert mesh.colorbar.extend == "max"
    mesh = figures.adjacency_figure(LabelGraph.from_dense(-weights, TASKS)).axes[0].collections[0]
    assert mesh.colorbar.extend == "min"


def test_groups_of_labels_are_blocks_and_tasks_stay_together():
    group = np.arange(20) % 4  # in turns
    weights = np.where(group[:, None] == group[None], 0.5, 0.0) * (1 - np.eye(20))
    names = [f"label {i}" for i in range(20)]
    table = figures.adjacency_table(LabelGraph.from_dense(weights, names))
    found = [group[names.index(name)] for name in table["label"]]
    assert [found[k] for k in range(0, 20, 5)] == list(dict.fromkeys(found))
    assert found == sorted(found, key=found.index)
    tasks = TaskSet([MultiLabel("a", names[:11]), MultiLabel("b", names[11:])])
    table = figures.adjacency_table(LabelGraph.from_dense(weights, tasks))
    assert set(table["label"][:11]) == set(names[:11])
    for order, expected in (("given", names), ("dendrogram", [names[i] for i in np.argsort(group, kind="stable")])):
        table = figures.adjacency_table(LabelGraph.from_dense(weights, tasks), order=order)
        assert sorted(table["label"]) == sorted(expected)
        assert (table["label"].to_list() == names) == (order == "given")
    with pytest.raises(InputError, match="order 'size'"):
        figures.adjacency_figure(LabelGraph.from_dense(weights, tasks), order="size")


def test_many_labels_are_drawn_without_numbers():
    names = [f"label {i}" for i in range(40)]
    graph = LabelGraph.from_dense(np.eye(40)[::-1], names)
    assert texts(figures.adjacency_figure(graph).axes[0]) == []


def test_cosine_similarity_is_numpys():
    W = np.random.default_rng(0).normal(size=(4, 6))
    W[3] = 0
    found = figures.cosine_similarity(W)
    for i in range(3):
        for j in range(3):
            assert found[i, j] == pytest.approx(W[i] @ W[j] / np.sqrt((W[i] @ W[i]) * (W[j] @ W[j])))
    assert not found[3].any()
    with pytest.raises(InputError, match="label vectors"):
        figures.cosine_similarity([[np.nan, 1]])


def test_similarities_stand_side_by_side():
    runs = {"linear": np.eye(4), "graph": -np.ones((4, 2)), "third": np.ones((4, 2))}
    figure = drawn(figures.similarity_figure(runs, TASKS))
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in panels] == list(runs)
    assert texts(panels[0])[:2] == ["1", ".00"]
    assert all(axes.collections[0].get_clim() == (-1, 1) for axes in panels)
    table = figures.similarity_table(runs, TASKS)
    assert table.filter(run="graph")["glad"].to_list() == pytest.approx([1, 1, 1, 1])
    with pytest.raises(InputError, match="has 3 label vectors"):
        figures.similarity_figure({"a": np.eye(3)}, TASKS)


def test_networks_that_share_no_features_have_no_similarity():
    runs = {"apart": (np.eye(2), [[1.0], [-2.0]]), "one": np.ones((4, 2))}
    values = figures.label_similarity(runs["apart"])
    nan = np.nan
    np.testing.assert_array_equal(values, [[1, 0, nan, nan], [0, 1, nan, nan], [nan, nan, 1, -1], [nan, nan, -1, 1]])
    figure = drawn(figures.similarity_figure(runs, TASKS))
    apart, one = [axes for axes in figure.axes if axes.get_title()]
    assert texts(apart)[:8] == ["1", ".00", "-", "-", ".00", "1", "-", "-"]
    assert len(apart.collections) == 2
    assert "not defined" in figure.get_supxlabel()
    assert len(one.collections) == 1
    assert not figures.similarity_figure({"one": np.ones((4, 2))}, TASKS).get_supxlabel()
    assert figures.similarity_table(runs, TASKS).filter(run="apart")["valence"].to_list() == [None, None, 1, -1]


def test_label_graph_shows_every_label_and_every_edge(graph):
    axes = drawn(figures.label_graph_figure(graph)).axes[0]
    assert texts(axes) == ["calm", "glad", "valence", "isolated: arousal"]
    arrows = {p.get_gid(): p.get_linestyle() for p in axes.patches if isinstance(p, FancyArrowPatch)}
    positive = dict.fromkeys(("edge valence to calm", "edge calm to valence", "edge glad to valence"), "-")
    assert arrows == {"edge valence to glad": "--", **positive}
    table = figures.label_graph_table(graph)
    assert ("valence", "calm") in set(zip(table["source"], table["target"], strict=True))
    assert table["weight"].to_list() == pytest.approx([0.35, -0.7, 0.2, 0.5])
    assert table["drawn"].all()
    with pytest.raises(InputError, match="layout 'round'"):
        figures.label_graph_figure(graph, layout="round")


def test_label_graph_says_what_its_colours_and_widths_mean(graph):
    def legend(graph):
        (legend,) = drawn(figures.label_graph_figure(graph)).legends
        return {handle.get_label(): handle for handle in legend.legend_handles}

    signed = legend(graph)
    weights = ["weight .20", "weight .70"]
    assert list(signed) == ["mood", "affect", "positive (+)", "negative (\N{MINUS SIGN})", *weights]
    positive, negative = signed["positive (+)"], signed["negative (\N{MINUS SIGN})"]
    assert positive.get_color() != negative.get_color()
    assert negative.get_linestyle() == "--"
    assert signed["weight .20"].get_linewidth() < signed["weight .70"].get_linewidth()
    assert list(legend(LabelGraph.from_dense(np.abs(MATRIX), TASKS))) == ["mood", "affect", *weights]


@pytest.mark.parametrize("layout", ["force", "tasks"])
def test_label_graph_layouts(layout):
    weights = np.zeros((8, 8))
    weights[0, 7] = weights[7, 0] = weights[1, 6] = weights[6, 5] = 1.0  # 0-7, 1-6-5; 2, 3, 4 alone
    tasks = TaskSet([MultiLabel("a", [*"abcd"]), MultiLabel("b", [*"efgh"])])
    axes = figures.label_graph_figure(LabelGraph.from_dense(weights, tasks), layout=layout).axes[0]
    place = {text.get_text(): np.array(text.get_position()) for text in axes.texts}

    def apart(one, other):
        return np.linalg.norm(place[one] - place[other])

    if layout == "force":
        assert apart("a", "h") < min(apart("a", other) for other in "bfg")
    else:
        assert apart("a", "b") < max(apart("a", other) for other in "fgh")
    assert "isolated: c, d, e" in place


def test_confusion_is_in_percent_of_the_true_class():
    counts = np.array([[3, 1, 0], [0, 0, 0], [1, 0, 1]])
    figure = drawn(figures.confusion_figure({"a": counts}, ["x", "y", "z"]))
    assert texts(figure.axes[0]) == ["75", "25", "0", "-", "-", "-", "50", "0", "50"]
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["x (4)", "y (0)", "z (2)"]
    across = drawn(figures.confusion_figure(dict.fromkeys("abcd", counts), ["x", "y", "z"])).axes[:4]
    assert len({round(axes.get_window_extent().y0) for axes in across}) == 1
    table = figures.confusion_table({"a": counts, "b": counts}, ["x", "y", "z"])
    assert table["run"].to_list() == ["a"] * 3 + ["b"] * 3
    assert table["x"].to_list() == [3, 0, 1] * 2
    with pytest.raises(InputError, match="run 'a'"):
        figures.confusion_figure({"a": np.eye(2)}, ["x", "y", "z"])


def test_scatter_leaves_out_what_is_missing_and_draws_the_same_every_time():
    values = np.array([[0.1, 0.2], [np.nan, 0.3], [0.5, 0.5], [0.6, 0.1]])
    codes = np.array([0, 0, -1, 1])
    axes = drawn(figures.scatter_figure(values, codes, ["x", "y"], ["v", "a"])).axes[0]
    points = {line.get_label(): line.get_xydata().tolist() for line in axes.lines if line.get_label() in "xy"}
    assert points == {"x": [[0.1, 0.2]], "y": [[0.6, 0.1]]}
    many = np.random.default_rng(1).uniform(size=(5000, 2))
    tables = [figures.scatter_table(many, np.zeros(5000, int), ["x"], ["v", "a"]) for _ in range(2)]
    assert len(tables[0]) == 3000
    assert tables[0].equals(tables[1])
    with pytest.raises(InputError, match="no sample"):
        figures.scatter_figure(values, np.full(4, -1), ["x"], ["v", "a"])
    with pytest.raises(InputError, match=r"\[4, 1\]"):
        figures.scatter_table(values[:, :1], codes, ["x"], ["v"])


def test_curves_draw_each_run_and_split():
    table = pl.DataFrame(
        {"epoch": [1, 2], "train/loss": [2.0, 1.0], "val/loss": [2.5, 1.5], "val/mood/accuracy": [0.4, 0.5]}
    )
    figure = drawn(figures.curves_figure({"a": table, "b": table}, {"a": 2}))
    titles = {axes.get_title(): axes for axes in figure.axes if axes.get_visible()}
    assert set(titles) == {"loss", "mood/accuracy"}
    labels = [line.get_label() for line in titles["loss"].lines]
    assert labels == ["a, train", "a, val", "_selected", "b, train", "b, val"]
    ring = titles["loss"].lines[2]
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([2], [1.5])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a, train", "a, val", "b, train", "b, val"]
    boxes = [axes.get_window_extent() for axes in titles.values()]
    assert not any(legend.get_window_extent().overlaps(box) for box in boxes)
    assert titles["mood/accuracy"].lines[0].get_ydata().tolist() == [0.4, 0.5]
    long = figures.curves_table({"a": table})
    assert long.filter(metric="val/loss", epoch=2)["value"].to_list() == [1.5]
    for bad in (table.head(0), table.drop("epoch")):
        with pytest.raises(InputError, match="no epoch to draw"):
            figures.curves_figure({"a": bad})


def test_curves_of_base_models_are_named_by_them():
    table = pl.DataFrame({"epoch": [1, 2], "val/loss of linear": [2.0, 1.0], "val/loss of cosine": [2.0, None]})
    (axes,) = (axes for axes in drawn(figures.curves_figure({"a": table})).axes if axes.get_visible())
    assert [(line.get_label(), len(line.get_xdata())) for line in axes.lines] == [
        ("linear, val", 2),
        ("cosine, val", 1),
    ]
    (axes,) = (a for a in drawn(figures.curves_figure({"a": table, "b": table})).axes if a.get_visible())
    assert axes.lines[-1].get_label() == "b: cosine, val"


@pytest.mark.parametrize("width", ["column", "page"])
@pytest.mark.parametrize("runs", [1, 10])
def test_curves_of_many_runs_stay_on_the_page(width, runs):
    table = pl.DataFrame({"epoch": [1, 2], "train/loss": [2.0, 1.0], "val/loss": [2.5, 1.5], "val/t/lrap": [0.4, 0.5]})
    with figures.figure_style(width):
        figure = drawn(figures.curves_figure({f"a rather long name {k}": table for k in range(runs)}))
    page = figure.bbox
    for legend in figure.legends:
        box = legend.get_window_extent()
        assert box.x0 >= page.x0 - 1
        assert box.x1 <= page.x1 + 1


def test_comparison_draws_a_dot_a_run_and_leaves_large_numbers_to_the_table():
    results = {"a": {"acc": 0.5, "rmse": 3.0}, "b": {"acc": 0.6, "rmse": 2.0}}
    axes = drawn(figures.comparison_figure(results)).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["acc →"]
    assert [list(line.get_xdata()) for line in axes.lines] == [[0.5], [0.6]]
    assert figures.comparison_table(results)["a"].to_list() == [0.5, 3.0]


def test_comparison_is_of_headline_metrics_with_the_better_side():
    results = {run: {"t/lrap": 0.5, "t/ranking_loss": 0.2, "t/top3_CP": 0.4, "t/a/f1": 0.3} for run in "ab"}
    axes = drawn(figures.comparison_figure(results)).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["t/lrap →", "t/ranking_loss ←"]
    assert len(figures.comparison_table(results)) == 4


def test_tau_sweep_draws_both_counts():
    figure = drawn(figures.tau_sweep_figure([0, 0.5], [4, 2], [0, 1], tau=0.4))
    assert [axes.lines[0].get_ydata().tolist() for axes in figure.axes] == [[4, 2], [0, 1]]
    assert [list(axes.lines[1].get_xdata()) for axes in figure.axes] == [[0.4, 0.4]] * 2
    assert figure.axes[0].get_yscale() == "symlog"


def test_saved_figures_are_whole_repeatable_and_never_overwritten(graph, tmp_path, monkeypatch):
    table = figures.adjacency_table(graph)

    def save(name, **options):
        return figures.save_figure(
            figures.adjacency_figure(graph), tmp_path / name, ["pdf", "svg", "png"], table=table, **options
        )

    assert [path.name for path in save("a")] == ["a.pdf", "a.svg", "a.png", "a.csv"]
    save("b")
    for suffix in ("pdf", "svg", "png", "csv"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    assert b"glad" in (tmp_path / "a.svg").read_bytes()  # text stays text
    assert np.allclose(pl.read_csv(tmp_path / "a.csv").drop("label").to_numpy(), MATRIX)
    with pytest.raises(InputError, match="exists already"):
        save("a")
    save("a", overwrite=True)
    with pytest.raises(InputError, match="unknown format 'jpg'"):
        figures.save_figure(figures.adjacency_figure(graph), tmp_path / "c", ["jpg"], table=table)
    figure = figures.adjacency_figure(graph)
    monkeypatch.setattr(figure, "savefig", lambda *args, **options: torch.zeros(1).numpy()[5])
    with pytest.raises(IndexError):
        figures.save_figure(figure, tmp_path / "d", table=table)
    assert not list(tmp_path.glob("*d.*"))
