"""What export-graph writes for the published codes, read back by the restricted reader and used as they use it."""

import pickle
import pickletools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.annotations import Annotations
from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.graph import (
    GraphRecipe,
    LabelGraph,
    graph_from_counts,
    graph_from_edges,
    graph_from_matrix,
    read_matrix,
    read_pickle,
    write_emotion_gcn,
    write_ml_gcn,
)
from gcnlabel.graph.published_pickles import counts_from_pickle, matrix_from_pickle
from gcnlabel.pickles import Frame
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")

TAGS = TaskSet([MultiLabel("tags", ("cat", "dog", "cow"))])
VALUES = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 0]])
ADJ, NUMS = np.array([[0, 2, 1], [2, 0, 1], [1, 1, 0]]), np.array([3, 3, 1])
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")


@pytest.fixture
def tags():
    raw = GraphRecipe(convention="ml-gcn-code").measure(Annotations(TAGS, {"tags": VALUES}), TAGS)
    graph = GraphRecipe(convention="ml-gcn-code", tau=0.3).finish(raw)
    return graph.with_embeddings(torch.arange(6.0).view(3, 2))


@pytest.fixture
def faces():
    """A graph whose dimensions stand before its classes."""
    tasks = TaskSet([Dimensional("affect", ("valence", "arousal")), Categorical("expression", CLASSES)])
    rng = np.random.default_rng(0)
    matrix = rng.uniform(0.15, 0.9, (9, 9)) * rng.choice([-1, 1], (9, 9))
    matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
    graph = GraphRecipe(convention="emotion-gcn-code").finish(graph_from_matrix(tasks.labels, matrix, tasks=tasks))
    return graph.with_embeddings(torch.arange(27.0).view(9, 3)), matrix


def saved(graph, tmp_path):
    graph.save(tmp_path / "graph.safetensors")
    return LabelGraph.load(tmp_path / "graph.safetensors")


def test_counts_of_tags_for_ml_gcn(tags, tmp_path):
    files = write_ml_gcn(saved(tags, tmp_path), tmp_path / "my_adj.pkl")
    assert [file.name for file in files] == ["my_adj.pkl", "my_word2vec.pkl"]
    content = read_pickle(files[0])
    assert sorted(content) == ["adj", "nums"]
    np.testing.assert_array_equal(content["adj"], ADJ)
    np.testing.assert_array_equal(content["nums"], NUMS)
    assert content["adj"].dtype == content["nums"].dtype == np.int64
    np.testing.assert_array_equal(read_pickle(files[1]), tags.x)
    np.testing.assert_allclose(counts_from_pickle(files[0], TAGS).statistic, tags.statistic, rtol=1e-12)
    loaded = pickle.loads(files[0].read_bytes())  # our own bytes, as that code loads them
    np.testing.assert_allclose(loaded["adj"] / loaded["nums"][:, np.newaxis], tags.statistic)


def test_what_numpy_of_those_days_does_not_know_is_not_named(tags, faces, tmp_path):
    files = [*write_ml_gcn(tags, tmp_path / "a.pkl"), write_emotion_gcn(faces[0], tmp_path / "b.pkl")[0]]
    named = {arg for file in files for op, arg, _ in pickletools.genops(file.read_bytes()) if op.name == "GLOBAL"}
    assert named == {
        "numpy.core.multiarray _reconstruct",
        "numpy ndarray",
        "numpy dtype",
        "_codecs encode",
        "pandas.core.frame DataFrame",
    }
    assert all(file.read_bytes().startswith(b"\x80\x02") for file in files)  # protocol 2


def test_a_label_without_samples_is_divided_by_zero_there(tmp_path):
    with pytest.raises(InputError, match=r"no sample has cow(?s:.)*leave the label out"):
        write_ml_gcn(graph_from_counts(["cat", "cow"], [3, 0], [[0, 0], [0, 0]]), tmp_path / "a.pkl")
    assert not list(tmp_path.iterdir())


def test_counts_that_were_given(tmp_path):
    graph = graph_from_counts(["Dog", "cat", "cow"], NUMS[[1, 0, 2]], ADJ[[1, 0, 2]][:, [1, 0, 2]], tasks=TAGS)
    (file,) = write_ml_gcn(
        saved(GraphRecipe(convention="ml-gcn-paper", tau=0.3).finish(graph), tmp_path), tmp_path / "a.pkl"
    )
    content = read_pickle(file)
    np.testing.assert_array_equal(content["adj"], ADJ)
    np.testing.assert_array_equal(content["nums"], NUMS)


def test_what_a_finished_graph_cannot_give(tmp_path):
    missing = np.where(np.eye(5, 3) > 0, np.nan, VALUES)
    annotations = Annotations(TAGS, {"tags": missing})
    for graph in (
        graph_from_matrix(TAGS.labels, np.full((3, 3), 0.5)),
        GraphRecipe(statistic="phi").measure(Annotations(TAGS, {"tags": VALUES}), TAGS),
        GraphRecipe(convention="emotion-gcn-paper").measure(
            annotations, TAGS
        ),  # another number of samples for each pair
    ):
        with pytest.raises(
            InputError, match=r"has no counts of cat, dog, cow(.|\n)*cannot be computed from a finished"
        ):
            write_ml_gcn(graph, tmp_path / "a.pkl")
    with pytest.raises(InputError, match="one categorical and one dimensional task"):
        write_emotion_gcn(graph_from_edges([("cat", "dog", 1.0)]), tmp_path / "a.pkl")
    assert not (tmp_path / "a.pkl").exists()


def test_a_frame_of_correlations_for_emotion_gcn(faces, tmp_path):
    graph, matrix = faces
    files = write_emotion_gcn(saved(graph, tmp_path), tmp_path / "spearman.pkl")
    assert [file.name for file in files] == ["spearman.pkl", "spearman_emb.pkl"]
    order = [*range(2, 9), 0, 1]
    expected = matrix[np.ix_(order, order)] + np.eye(9)
    frame = read_pickle(files[0])
    assert isinstance(frame, Frame)
    assert tuple(frame.columns) == tuple(frame.index) == (*CLASSES, "valence", "arousal")
    np.testing.assert_array_equal(frame.values, expected)
    np.testing.assert_array_equal(read_pickle(files[1]), graph.x[order])
    theirs = pd.read_pickle(files[0])  # our own bytes, as that code loads them
    np.testing.assert_array_equal(theirs.to_numpy(), expected)
    np.testing.assert_array_equal(torch.load(files[1], weights_only=True), graph.x[order])
    back = matrix_from_pickle(files[0], graph.tasks)
    np.testing.assert_array_equal(back.statistic, matrix + np.eye(9))
    np.testing.assert_allclose(GraphRecipe(convention="emotion-gcn-code").finish(back).adjacency(), graph.adjacency())


def test_a_label_without_neighbours_is_divided_by_zero_there(faces, tmp_path):
    graph, matrix = faces
    matrix[2] = matrix[:, 2] = 0
    alone = graph_from_matrix(graph.labels, matrix, tasks=graph.tasks)
    with pytest.raises(InputError, match=r"neutral has no correlation of at least 0.1"):
        write_emotion_gcn(alone, tmp_path / "a.pkl")


def test_the_command(tags, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tags.save("g.safetensors")

    def run(line, code=0):
        result = CliRunner().invoke(main, f"export-graph g.safetensors {line}".split())
        assert result.exit_code == code, result.output
        return result.output

    assert "wrote a_word2vec.pkl: 3 labels" in run("--format ml-gcn --output a_adj.pkl")
    assert "already exists" in run("--format ml-gcn --output a_adj.pkl", 2)
    (tmp_path / "a_adj.pkl").unlink()
    assert "a_word2vec.pkl already exists" in run("--format ml-gcn --output a_adj.pkl", 2)
    assert not (tmp_path / "a_adj.pkl").exists()  # both or none
    run("--format ml-gcn --output a_adj.pkl --overwrite")
    assert "a file name that ends in .npz" in run("--format npz --output a.pkl", 2)
    run("--format npz --output a.npz")
    with np.load("a.npz", allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == ["cat", "dog", "cow"]
        np.testing.assert_array_equal(arrays["adjacency"], tags.adjacency())
        np.testing.assert_array_equal(arrays["statistic"], tags.statistic)
        np.testing.assert_array_equal(arrays["x"], tags.x)
        np.testing.assert_array_equal(arrays["edge_index"], tags.edge_index)
    run("--format csv --output a.csv")
    names, matrix = read_matrix("a.csv")
    np.testing.assert_array_equal(matrix, tags.adjacency().double())
    np.testing.assert_array_equal(read_matrix("a_statistic.csv")[1], tags.statistic)
    assert tuple(names) == tags.labels
    run("--format graphml --output a.graphml")
    edges = nx.read_graphml("a.graphml").edges(data="weight")
    assert len(list(edges)) == tags.edge_index.shape[1]
    assert "one categorical and one dimensional task" in run("--format emotion-gcn --output b.pkl", 2)
