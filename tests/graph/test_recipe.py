"""Library, config, command line and estimators make the same graph of the same annotations."""

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.annotations import from_frame
from gcnlabel.cli import main
from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.estimators import LabelGraphEstimator
from gcnlabel.graph import GraphRecipe, LabelGraph, graph_from_matrix
from gcnlabel.recipe import measured_graph, propagation_graph
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.graph import build_graph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.transforms import CONVENTIONS

pytestmark = pytest.mark.filterwarnings("ignore")
TASKS = TaskSet(
    [MultiLabel("tags", ["a", "b", "c"]), Categorical("mood", ["sad", "glad"]), Dimensional("affect", ["v", "w"])]
)
ROWS = 300


def frame():
    """Tags a and b exclude each other in most rows; everything else follows them somewhat."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, ROWS)
    b = np.where(rng.uniform(size=ROWS) < 0.8, 1 - a, a)
    c = np.where(rng.uniform(size=ROWS) < 0.6, a, rng.integers(0, 2, ROWS))
    mood = np.where(rng.uniform(size=ROWS) < 0.7, a, b)
    v = a + rng.normal(size=ROWS)
    columns = {"a": a, "b": b, "c": c, "v": v.round(1), "w": (rng.normal(size=ROWS) - v).round(1)}
    return pl.DataFrame({**columns, "mood": [["sad", "glad"][i] for i in mood], "split": ["train"] * ROWS})


def config(**graph):
    given = {
        "data": {"source": "table", "annotations": "given"},
        "graph": {"embeddings": "one-hot", **graph},
        "model": {"backbone": {"name": "identity"}, "head": {"name": "graph"}},
    }
    return parse_config(given, where="test")


def by_config(annotations, **graph):
    data = RunData(TASKS, {"train": Part(annotations, np.zeros((ROWS, 1)))})
    return build_graph(config(**graph), data)


def by_command_line(tmp_path, *options):
    frame().write_csv(tmp_path / "s.csv")
    TASKS.to_yaml(tmp_path / "s.yaml", overwrite=True)
    output = tmp_path / "s.safetensors"
    arguments = [tmp_path / "s.yaml", "--annotations", tmp_path / "s.csv", "--output", output, "--overwrite", *options]
    result = CliRunner().invoke(main, ["build-graph", *map(str, arguments)])
    return LabelGraph.load(output) if result.exit_code == 0 else result


@pytest.mark.parametrize("name", CONVENTIONS)
def test_one_graph_on_every_road(name, tmp_path):
    annotations = from_frame(frame(), TASKS)
    library = propagation_graph(measured_graph(annotations, TASKS, convention=name), name)
    parts = [annotations.select(np.arange(100)), annotations.select(np.arange(100, ROWS))]
    others = {
        "recipe": GraphRecipe(convention=name).build(annotations),
        "chunks": GraphRecipe(convention=name).finish(GraphRecipe(convention=name).measure(parts, TASKS)),
        "config": by_config(annotations, convention=name),
        "command line": by_command_line(tmp_path, "--convention", name),
    }
    for road, graph in others.items():
        torch.testing.assert_close(graph.adjacency(), library.adjacency(), msg=road)
        torch.testing.assert_close(graph.statistic, library.statistic, msg=road)
        assert graph.history["convention"] == name


@pytest.mark.parametrize("name", ["signed-weighted", "emotion-gcn-paper"])
def test_estimators_go_the_same_road(name):
    kwargs = {"head": "graph", "convention": name, "max_iter": 1, "validation_fraction": 0.0, "random_state": 0}
    model = LabelGraphEstimator(TASKS, **kwargs).fit(np.zeros((ROWS, 1)), frame())
    expected = GraphRecipe(convention=name).build(from_frame(frame(), TASKS))
    torch.testing.assert_close(model.graph_.adjacency(), expected.adjacency())


def test_signs_of_tags_that_exclude_each_other():
    """NumPy's correlation, thresholded and shared out by hand."""
    annotations = from_frame(frame(), TASKS)
    graph = GraphRecipe(convention="signed-weighted").build(annotations)
    columns = [annotations.targets["tags"], np.eye(2)[annotations.targets["mood"]]]
    columns.append(np.stack([pl.Series(c).rank().to_numpy() for c in annotations.targets["affect"].T], 1))
    expected = np.corrcoef(np.hstack(columns).T)
    np.fill_diagonal(expected, 0)
    expected[np.abs(expected) < 0.1] = 0
    expected = 0.5 * expected / np.abs(expected).sum(1, keepdims=True) + 0.5 * np.eye(7)
    np.testing.assert_allclose(graph.adjacency(), expected, atol=1e-6)
    assert graph.adjacency()[0, 1] < 0


@pytest.mark.parametrize("name", CONVENTIONS)
@pytest.mark.parametrize("measured_for", CONVENTIONS)
def test_a_convention_takes_its_own_statistic_or_refuses(name, measured_for):
    """What was measured from known annotations is measured anew; a copy, of which that is not known, is refused."""
    annotations = from_frame(frame(), TASKS)
    raw = measured_graph(annotations, TASKS, convention=measured_for)
    right = GraphRecipe(convention=name).build(annotations).adjacency()
    torch.testing.assert_close(propagation_graph(raw, name).adjacency(), right)
    try:
        graph = propagation_graph(raw.clone(), name)
    except InputError as error:
        assert "measured_graph(..., convention=" in str(error)  # noqa: PT017
        assert CONVENTIONS[name].statistic != CONVENTIONS[measured_for].statistic
        return
    torch.testing.assert_close(graph.adjacency(), right)


@pytest.mark.parametrize("change", ["new weights", "in place"])
def test_a_raw_graph_that_was_changed_is_not_measured_anew(change):
    raw = measured_graph(from_frame(frame(), TASKS), TASKS, convention="ml-gcn-paper")
    if change == "in place":
        raw.edge_weight[0] = 0.9
    else:
        raw.edge_weight = raw.edge_weight * 0.5
    with pytest.raises(InputError, match="measured_graph"):
        propagation_graph(raw, "signed-weighted")


def test_a_statistic_that_was_asked_for_is_taken(tmp_path):
    annotations = from_frame(frame(), TASKS)
    raw = measured_graph(annotations, TASKS, "conditional")
    raw.save(tmp_path / "raw.safetensors")
    graphs = [
        propagation_graph(g, "signed", pairs=[("tags", "tags")])
        for g in (raw, LabelGraph.load(tmp_path / "raw.safetensors"))
    ]
    for graph in (*graphs, by_config(annotations, convention="signed", statistic={"tags": "conditional"})):
        torch.testing.assert_close(graph.adjacency(), graphs[0].adjacency())
    by_hand = graph_from_matrix(TASKS.labels, raw.statistic, tasks=TASKS)  # of a matrix no statistic is known
    torch.testing.assert_close(
        propagation_graph(by_hand, "signed").adjacency(), propagation_graph(raw, "signed").adjacency()
    )


def test_pairs_that_were_not_measured_are_refused():
    raw = measured_graph(from_frame(frame(), TASKS), TASKS)
    with pytest.raises(InputError, match="no statistic of mood:mood"):
        propagation_graph(raw, pairs=[("mood", "affect"), ("mood", "mood")])


def test_what_is_borrowed_counts_on_every_road(tmp_path):
    other = GraphRecipe(convention="signed").measure(from_frame(frame(), TASKS))
    other.save(tmp_path / "other.safetensors")
    where = str(tmp_path / "other.safetensors")
    annotations = from_frame(frame(), TASKS)
    recipe = GraphRecipe(borrowed={("mood", "mood"): where})
    expected = recipe.build(annotations)
    assert expected.adjacency()[3, 4] != 0
    plain = GraphRecipe().build(annotations)
    assert plain.adjacency()[3, 4] == 0
    for graph in (
        by_config(annotations, borrowed={"mood:mood": where}),
        by_command_line(tmp_path, "--borrow", f"mood:mood={where}"),
        recipe.finish(
            recipe.borrow(graph_from_matrix(TASKS.labels, GraphRecipe().measure(annotations).statistic, tasks=TASKS))
        ),
    ):
        torch.testing.assert_close(graph.adjacency(), expected.adjacency())


def test_a_finished_graph_is_no_raw_one():
    graph = GraphRecipe().build(from_frame(frame(), TASKS))
    with pytest.raises(InputError, match="before, by 'emotion-gcn-paper'"):
        propagation_graph(graph, "signed")


def test_a_convention_that_does_not_exist():
    with pytest.raises(InputError, match="unknown convention 'sigend'"):
        GraphRecipe(convention="sigend")


def test_a_statistic_beside_a_matrix_is_refused(tmp_path):
    (tmp_path / "m.csv").write_text("label,a,b\na,0,1\nb,1,0\n")
    arguments = ["--from-matrix", tmp_path / "m.csv", "--statistic", "phi", "--output", tmp_path / "g.safetensors"]
    result = CliRunner().invoke(main, ["build-graph", *map(str, arguments)])
    assert result.exit_code != 0
    assert not (tmp_path / "g.safetensors").exists()


def test_chunks_without_tasks():
    with pytest.raises(InputError, match="beside chunks"):
        GraphRecipe().measure([from_frame(frame(), TASKS)])
