"""A report on ten runs of a hundred labels stays small."""

import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file
from small_runs import write_config, write_data

from gcnlabel.config import load_config
from gcnlabel.report.report import write_report
from gcnlabel.run import RunFolder, train

LABELS, RUNS, LIMIT = 100, 10, 3_000_000


@pytest.mark.filterwarnings("ignore")
def test_ten_runs_of_a_hundred_labels_fit_into_three_megabytes(tmp_path):
    tags = [f"label number {k}" for k in range(LABELS - 3)]  # two classes and a dimension beside them
    write_data(tmp_path, rows=400, tags=tags)
    first = tmp_path / "run-0"
    train(load_config(str(write_config(tmp_path, tags)), ["training.epochs=1"]), RunFolder(first))
    folders = [first]
    for k in range(1, RUNS):  # each with scores, vectors and edges of its own: nothing is shared in the page
        folders.append(shutil.copytree(first, tmp_path / f"run-{k}"))
        tensors = load_file(first / "predictions.safetensors")
        for name in tensors:
            if not name.startswith(("targets", "ids")):
                tensors[name] += torch.randn_like(tensors[name])
        save_file(tensors, folders[k] / "predictions.safetensors")
        _reweigh(folders[k])
    page = write_report([RunFolder(folder) for folder in folders], tmp_path / "report.html")
    assert page.read_text().count("data-matrix=") >= 2 * RUNS
    assert page.stat().st_size <= LIMIT


def _reweigh(folder):
    from gcnlabel.graph import LabelGraph

    graph = LabelGraph.load(folder / "graph.safetensors")
    graph.edge_weight = graph.edge_weight * (0.5 + torch.rand_like(graph.edge_weight) / 2)
    graph.save(folder / "graph.safetensors", overwrite=True)
