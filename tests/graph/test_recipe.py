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
from gcnlabel.run.data import RunData, SampleSet
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
    data = RunData(TASKS, {"train": SampleSet(annotations, np.zeros((ROWS, 1)))})
    return build_graph(config(**graph), data)


def by_command_line(tmp_path, *options):
    frame().write_csv(tmp_path / "s.csv")
    TASKS.to_yaml(tmp_path / "s.yaml", overwrite=True)
    output = tmp_path / "s.safetensors"
    arguments = [tmp_path / "s.yaml", "--annotations", tmp_path / "s.csv", "--output", output, "--overwrite", *options]
    result = CliRunner().invoke(main, ["build-graph", *map(str, arguments)])
    return LabelGraph.load(output) if result.exit_code == 0 else result


@pytest.mark.parametrize("name", CONVENTIONS.names())
def test_one_graph_on_every_road(name, tmp_path):
    annotations = from_frame(frame(), TASKS)
    library = GraphRecipe(convention=name).finish(GraphRecipe(convention=name).measure(annotations, TASKS))
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


def test_what_nothing_is_said_about_takes_every_pair(tmp_path):
    annotations = from_frame(frame(), TASKS)
    library = GraphRecipe().build(annotations)
    for graph in (by_config(annotations), by_command_line(tmp_path)):
        torch.testing.assert_close(graph.adjacency(), library.adjacency())
    assert library.adjacency()[0, 1] < 0  # tags that exclude each other
    for a in TASKS:
        for b in TASKS:
            assert (library.adjacency()[TASKS.slice_of(a.name), TASKS.slice_of(b.name)] != 0).any(), (a.name, b.name)


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


@pytest.mark.parametrize("name", CONVENTIONS.names())
@pytest.mark.parametrize("measured_for", CONVENTIONS.names())
def test_a_convention_takes_its_own_statistic_or_refuses(name, measured_for):
    annotations = from_frame(frame(), TASKS)
    raw = GraphRecipe(convention=measured_for).measure(annotations, TASKS)
    right = GraphRecipe(convention=name).build(annotations).adjacency()
    try:
        graph = GraphRecipe(convention=name).finish(raw)
    except InputError as error:
        assert "measure it by the recipe that finishes it" in str(error)  # noqa: PT017
        assert CONVENTIONS.make(name).statistic != CONVENTIONS.make(measured_for).statistic
        return
    torch.testing.assert_close(graph.adjacency(), right)


def test_a_statistic_that_was_asked_for_is_taken(tmp_path):
    annotations = from_frame(frame(), TASKS)
    raw = GraphRecipe(statistic="conditional").measure(annotations, TASKS)
    raw.save(tmp_path / "raw.safetensors")
    graphs = [
        GraphRecipe(convention="signed", pairs=[("tags", "tags")]).finish(g)
        for g in (raw, LabelGraph.load(tmp_path / "raw.safetensors"))
    ]
    for graph in (*graphs, by_config(annotations, convention="signed", statistic={"tags": "conditional"})):
        torch.testing.assert_close(graph.adjacency(), graphs[0].adjacency())
    by_hand = graph_from_matrix(TASKS.labels, raw.statistic, tasks=TASKS)  # of a matrix no statistic is known
    torch.testing.assert_close(
        GraphRecipe(convention="signed").finish(by_hand).adjacency(),
        GraphRecipe(convention="signed").finish(raw).adjacency(),
    )


def test_pairs_that_were_not_measured_are_refused():
    raw = GraphRecipe(convention="emotion-gcn-paper").measure(from_frame(frame(), TASKS), TASKS)
    with pytest.raises(InputError, match="no statistic of mood:mood"):
        GraphRecipe(convention="emotion-gcn-paper", pairs=[("mood", "affect"), ("mood", "mood")]).finish(raw)


def test_what_is_borrowed_counts_on_every_road(tmp_path):
    other = GraphRecipe(convention="signed").measure(from_frame(frame(), TASKS))
    other.save(tmp_path / "other.safetensors")
    where = str(tmp_path / "other.safetensors")
    annotations = from_frame(frame(), TASKS)
    recipe = GraphRecipe(convention="emotion-gcn-paper", borrowed={("mood", "mood"): where})
    expected = recipe.build(annotations)
    assert expected.adjacency()[3, 4] != 0
    plain = GraphRecipe(convention="emotion-gcn-paper").build(annotations)
    assert plain.adjacency()[3, 4] == 0
    for graph in (
        by_config(annotations, convention="emotion-gcn-paper", borrowed={"mood:mood": where}),
        by_command_line(tmp_path, "--convention", "emotion-gcn-paper", "--borrow", f"mood:mood={where}"),
        recipe.finish(recipe.borrow(graph_from_matrix(TASKS.labels, plain.statistic, tasks=TASKS))),
    ):
        torch.testing.assert_close(graph.adjacency(), expected.adjacency())


def test_a_finished_graph_is_no_raw_one():
    graph = GraphRecipe(convention="emotion-gcn-paper").build(from_frame(frame(), TASKS))
    with pytest.raises(InputError, match="already, by 'emotion-gcn-paper'"):
        GraphRecipe(convention="signed").finish(graph)


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
    with pytest.raises(InputError, match="chunks of annotations without tasks"):
        GraphRecipe().measure([from_frame(frame(), TASKS)])
