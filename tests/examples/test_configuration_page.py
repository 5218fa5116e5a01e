"""What the page on configuration shows is read by the package itself; its keys are written by ``make table``."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from gcnlabel.annotations import read_table
from gcnlabel.config import Config, parse_config
from gcnlabel.graph import graph_from_counts, graph_from_edges, graph_from_matrix, read_counts, read_edges, read_matrix
from gcnlabel.metrics import TaskMetrics
from gcnlabel.tasks import TaskSet

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "examples" / "configuration.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def tasks_of_the_page():
    (block,) = (block for block in blocks("yaml") if "tasks:\n" in block)
    return TaskSet.from_dict(yaml.safe_load(block)["tasks"])


@pytest.mark.parametrize("block", blocks("yaml"))
def test_every_block_is_read(block):
    content = yaml.safe_load(block)
    assert isinstance(parse_config(content), Config) if "data" in content else TaskSet.from_dict(content["tasks"])


def test_the_table_is_what_the_tasks_declare(tmp_path):
    (tmp_path / "labels.csv").write_text(blocks("csv")[0])
    found = read_table(tmp_path / "labels.csv", tasks_of_the_page(), split_column="split", id_column="id")
    nan = np.nan
    assert found.targets["expression"].tolist() == [1, 2, -1]
    assert found.targets["mood"].tolist() == [1, -1, 0]
    np.testing.assert_array_equal(found.targets["animals"], [[1, 0], [0, nan], [1, 0]])
    np.testing.assert_array_equal(found.targets["things"], [[1, 1], [0, 0], [nan, nan]])
    np.testing.assert_array_equal(found.targets["affect"], [[0.5, -0.25], [nan, nan], [nan, 0.125]])


def test_the_statistics_are_read(tmp_path):
    for name in ("matrix", "counts", "edges"):
        (tmp_path / name).write_text(blocks(name)[0])
    matrix = graph_from_matrix(*read_matrix(tmp_path / "matrix")).adjacency()
    assert matrix[0].tolist() == pytest.approx([0, 0.4, 0.1])
    counts = graph_from_counts(*read_counts(tmp_path / "counts")).adjacency()
    assert counts.tolist() == [[0, pytest.approx(30 / 120)], [pytest.approx(30 / 80), 0]]
    edges = graph_from_edges(read_edges(tmp_path / "edges"))
    assert edges.adjacency()[edges.labels.index("cat"), edges.labels.index("dog")] == pytest.approx(0.4)


def test_metrics_are_all_there():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*)\|$", PAGE, re.MULTILINE))
    tasks = TaskSet.from_dict(
        {
            "a": {"type": "categorical", "classes": ["x", "y"]},
            "b": {"type": "multilabel", "labels": ["v", "w"]},
            "c": {"type": "dimensional", "dims": ["<dim>"]},
        }
    )
    targets = {"a": torch.tensor([0, 1, 1]), "b": torch.tensor([[1.0, 0], [0, 1], [1, 1]])}
    targets["c"] = torch.tensor([[-1.0], [0.5], [2.0]])  # on both sides of 0
    for task in tasks:
        metric = TaskMetrics(task, sync_on_compute=False)
        metric.update(torch.randn(3, len(task)), targets[task.name])
        names = {name for name, value in metric.compute().items() if isinstance(value, float)}
        assert set(re.findall(r"`([\w<>/]+)`", rows[task.type])) == names
