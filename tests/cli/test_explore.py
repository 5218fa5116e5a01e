"""``gcnlabel explore``: what it refuses, and what it writes; the page itself is tested in a browser."""

import json
import re

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph, graph_from_matrix, raw_graph_of
from gcnlabel.report.explore.content import MAX_LABELS, Content, Made, similar_order
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ["cat", "dog", "cow"]), Dimensional("affect", ["valence"])])
MATRIX = [[1, 0.5, 0.1, -0.3], [0.5, 1, 0, 0.2], [0.4, 0, 1, 0], [-0.3, 0.2, 0, 1]]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    TASKS.to_yaml("tasks.yaml")
    raw = graph_from_matrix(TASKS.labels, MATRIX, tasks=TASKS)
    GraphRecipe(convention="signed", tau=0.2).finish(raw).save("graph.safetensors")
    return lambda line: CliRunner().invoke(main, line.split())


def test_the_page_is_one_file(run, tmp_path):
    assert run("explore graph.safetensors --output page.html").exit_code == 0
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(?!#)", html)
    data = json.loads(re.search(r'id="data">(.*?)</script>', html)[1])
    assert data["labels"] == list(TASKS.labels)
    assert data["shown"] == {"convention": "signed", "tau": 0.2, "p": 0.5, "pairs": [[0, 0], [0, 1], [1, 1]]}
    assert data["made"]["command"] == "--from-matrix graph.safetensors"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("explore none.safetensors", "not found"),
        ("explore graph.safetensors graph.safetensors", "2 files"),
        ("explore graph.safetensors --serve --output a.html", "--output has no effect with --serve"),
        ("explore graph.safetensors --output tasks.html", "already exists"),
        ("explore graph.safetensors --output a.pdf", ".html"),
        ("explore graph.safetensors --split test", "--split has no effect"),
        ("explore graph.safetensors --statistic phi", "nothing is measured"),
        ("explore graph.safetensors --convention none", "unknown convention"),
    ],
)
def test_what_cannot_be_shown_is_refused(run, tmp_path, line, error):
    (tmp_path / "tasks.html").write_text("mine")
    result = run(line)
    assert result.exit_code == 2
    assert error in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"graph.safetensors", "tasks.html", "tasks.yaml"}
    assert (tmp_path / "tasks.html").read_text() == "mine"


def test_too_many_labels_are_refused():
    size = MAX_LABELS + 1
    raw = graph_from_matrix([f"label {i}" for i in range(size)], np.eye(size, k=1))
    content = Content(title="t", raw=lambda recipe: raw, recipe=GraphRecipe(), made=Made(command=""))
    with pytest.raises(InputError, match=f"{size} labels"):
        content.plain()


def test_similar_rows_come_together():
    tasks = TaskSet([MultiLabel("tags", ["a", "none", "b", "c", "d"]), Dimensional("affect", ["v"])])
    size = np.array(
        [[0, 0, 0, 1, 0, 5], [0] * 6, [0, 0, 0, 0, 3, 0], [1, 0, 0, 0, 0, 4], [0, 0, 3, 0, 1, 0], [5, 0, 0, 4, 0, 0]]
    )
    order = similar_order(size.astype(float), tasks)
    assert sorted(order) == list(range(6))
    assert abs(order.index(0) - order.index(3)) == abs(order.index(2) - order.index(4)) == 1
    assert order[4:] == [1, 5]


def test_a_graph_gives_its_raw_matrix(run):
    assert (
        run("build-graph --from-matrix graph.safetensors --convention unsigned --output other.safetensors").exit_code
        == 0
    )
    expected = GraphRecipe(convention="unsigned").finish(graph_from_matrix(TASKS.labels, MATRIX, tasks=TASKS))
    found = LabelGraph.load("other.safetensors")
    torch.testing.assert_close(found.adjacency(), expected.adjacency())
    assert found.tasks == TASKS
    raw = raw_graph_of(LabelGraph.load("graph.safetensors"))
    np.testing.assert_array_equal(raw.statistic, MATRIX)
    assert raw.history == {"source": "matrix"}
