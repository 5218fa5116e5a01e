import numpy as np
import pytest

from gcnlabel.errors import InputError
from gcnlabel.graph import (
    GraphRecipe,
    graph_from_counts,
    graph_from_edges,
    graph_from_matrix,
    read_counts,
    read_edges,
    read_matrix,
)
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet


def write(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    return tmp_path / "a.csv"


def test_rows_and_columns_are_matched_by_name(tmp_path):
    labels, matrix = read_matrix(write(tmp_path, "label,a,b\nb,3,4\na,1,2\n"))
    assert labels == ["a", "b"]
    assert matrix.tolist() == [[1, 2], [3, 4]]
    tasks = TaskSet([MultiLabel("t", ("b", "a"))])
    graph = graph_from_matrix(labels, matrix, tasks=tasks)
    assert graph.adjacency().tolist() == [[0, 3], [2, 0]]  # b listens to a with 3
    assert graph.statistic.tolist() == [[4, 3], [2, 1]]


def test_edges_say_who_speaks(tmp_path):
    edges = read_edges(write(tmp_path, "source,target,weight\na,b,.5\n"))
    graph = graph_from_edges(edges)
    assert graph.adjacency().tolist() == [[0, 0], [0.5, 0]]  # b listens to a
    assert read_edges(write(tmp_path, "source,target\na,b\n")) == [("a", "b", 1.0)]


def test_counts_become_conditional_probabilities(tmp_path):
    labels, counts, together = read_counts(write(tmp_path, "label,count,a,b\na,4,0,1\nb,2,1,0\n"))
    graph = graph_from_counts(labels, counts, together)
    assert graph.adjacency().tolist() == [[0, 0.25], [0.5, 0]]


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (read_matrix, "label,a,b\na,1,x\nb,1,1\n", "'x' is not a finite number[\\s\\S]*row 'a', column 'b'"),
        (read_matrix, "label,a,b\na,1,nan\nb,1,1\n", "not a finite number"),
        (read_matrix, "label,a,a\na,1,1\n", "duplicate or empty label names: a"),
        (read_matrix, "label,a,b\na,1,1\n", "columns without a row: b"),
        (read_matrix, "label,a\na,1\nc,1\n", "row 'c' has no column"),
        (read_matrix, "label,a\na,1,2\n", "3 cells"),
        (read_matrix, "label,a\n", "header without rows"),
        (read_counts, "label,a\na,1\n", "label,count"),
        (read_counts, "label,count,a,b\na,1,0,2\nb,3,2,0\n", "'a' occurs in 1 samples but together with 'b' in 2"),
        (read_counts, "label,count,a\na,-1,0\n", "negative count"),
        (read_edges, "from,to\na,b\n", "expected: source,target,weight"),
        (read_edges, "source,target,weight\na,b,1\na,b,2\n", "duplicate edge"),
        (read_edges, "source,target,weight\na,b,much\n", "'much' is not a finite number"),
    ],
)
def test_bad_files(tmp_path, reader, text, message):
    with pytest.raises(InputError, match=message):
        reader(write(tmp_path, text))


def test_names_that_differ_are_listed():
    with pytest.raises(InputError, match="missing in the source: dogs; in no task: dog"):
        graph_from_matrix(["cat", "dog"], np.zeros((2, 2)), tasks=TaskSet([MultiLabel("t", ("cat", "dogs"))]))


def test_published_statistics(shared_data):
    folder = shared_data / "label_statistics"
    labels, matrix = read_matrix(folder / "affectnet_spearman.csv")
    tasks = TaskSet([Categorical("expression", tuple(labels[:7])), Dimensional("affect", tuple(labels[7:]))])
    graph = GraphRecipe(convention="emotion-gcn-paper", embeddings="emotion-words").finish(
        graph_from_matrix(labels, matrix, tasks=tasks)
    )
    assert int((graph.edge_index[0] != graph.edge_index[1]).sum()) == 24
    assert graph.x.shape == (9, 384)
    for name, edges, isolated in (("coco2014", 111, 15), ("voc2007", 6, 15)):
        raw = graph_from_counts(*read_counts(folder / f"{name}_cooccurrence.csv"))
        with pytest.warns(UserWarning, match=f"{isolated} isolated"):
            graph = GraphRecipe(convention="ml-gcn-paper", embeddings=str(folder / f"{name}_glove300.txt")).finish(raw)
        assert int((graph.edge_index[0] != graph.edge_index[1]).sum()) == edges
        assert graph.x.shape[1] == 300
