"""Stored graphs are read as they were written, and a pickle is never opened by unpickling."""

import json
import os

import numpy as np
import pytest
import torch
from molecules import made_graphs
from safetensors.numpy import load_file, save_file
from torch_geometric.data import InMemoryDataset

from gcnlabel.data import graphs_from_list, load_graphs, save_graphs
from gcnlabel.data.graph_files import KEY
from gcnlabel.errors import InputError


def with_targets(graphs, columns=2):
    for row, graph in enumerate(graphs):
        graph.y = torch.tensor([[float(row), torch.nan][:columns]])
    return graphs


def assert_same(found, listed):
    wanted = graphs_from_list(listed).arrays()
    assert all(np.array_equal(value, wanted[name]) for name, value in found.graphs.arrays().items())


def test_graphs_come_back(tmp_path):
    listed = with_targets(made_graphs())
    save_graphs(tmp_path / "g.safetensors", listed)
    found = load_graphs(tmp_path / "g.safetensors")
    assert_same(found, listed)
    assert np.array_equal(found.targets, [[row, np.nan] for row in range(12)], equal_nan=True)
    with pytest.raises(InputError, match="exists"):
        save_graphs(tmp_path / "g.safetensors", listed)


def test_categories_come_back(tmp_path):
    listed = made_graphs()
    for graph in listed:
        graph.x, graph.edge_attr = graph.x.long().abs(), None
    save_graphs(tmp_path / "g.safetensors", listed, node_categories=[9, 9, 9, 9])
    found = load_graphs(tmp_path / "g.safetensors")
    assert found.targets is None
    assert found.graphs.shape == (12, 36, 0)


@pytest.mark.parametrize("y", ["[1, 2]", "[2]", "class"])
def test_the_processed_file_of_a_data_set_is_read(tmp_path, y):
    listed = with_targets(made_graphs())
    for row, graph in enumerate(listed):
        graph.name = f"graph {row}"
        graph.y = {"[1, 2]": graph.y, "[2]": graph.y[0], "class": torch.tensor(row)}[y]
    InMemoryDataset.save(listed, tmp_path / "data.pt")
    found = load_graphs(tmp_path / "data.pt")
    assert_same(found, listed)
    assert found.targets[:, 0].tolist() == [*range(12)]
    assert found.targets.shape[1] == (1 if y == "class" else 2)


class Harmful:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_is_refused_and_not_run(tmp_path):
    content = ({"x": torch.ones(2, 1)}, {"x": torch.tensor([0, 2])}, Harmful(tmp_path / "made"))
    torch.save(content, tmp_path / "data.pt")
    with pytest.raises(InputError, match="may run any code(.|\n)*save_graphs"):
        load_graphs(tmp_path / "data.pt")
    assert not (tmp_path / "made").exists()


def test_a_list_of_graphs_that_was_pickled_is_refused(tmp_path):
    torch.save(made_graphs(), tmp_path / "data.pt")
    with pytest.raises(InputError, match=r"save_graphs\(PATH, dataset\)"):
        load_graphs(tmp_path / "data.pt")


@pytest.mark.parametrize(
    "change",
    [
        {"nodes": np.array([-1, 13])},
        {"edges": np.array([2**60, 2**60])},
        {"edge_index": np.zeros((3, 4), dtype=np.int64)},
        {"x": np.ones(3, dtype=np.float32)},
        {"y": np.ones((3, 1))},
    ],
)
def test_damaged_files_are_refused(tmp_path, change):
    save_graphs(tmp_path / "g.safetensors", with_targets(made_graphs()))
    content = {**load_file(tmp_path / "g.safetensors"), **change}
    kept = json.dumps({"node_categories": [], "edge_categories": []})
    save_file(content, tmp_path / "bad.safetensors", metadata={KEY: kept})
    with pytest.raises(InputError, match=r"bad\.safetensors"):
        load_graphs(tmp_path / "bad.safetensors")


def test_other_files_are_refused(tmp_path):
    save_file({"a": np.ones(3)}, tmp_path / "a.safetensors")
    (tmp_path / "b.pt").write_bytes(b"nothing")
    (tmp_path / "c.pkl").write_bytes(b"nothing")
    torch.save(torch.ones(3), tmp_path / "d.pt")
    for name in ("a.safetensors", "b.pt", "c.pkl", "d.pt", "e.pt"):
        with pytest.raises(InputError, match=name.replace(".", r"\.")):
            load_graphs(tmp_path / name)
