"""``--json`` on every command that prints results, and what a terminal of 80 columns shows."""

import ast
import json
import os
import re

import numpy as np
import pytest
from click.testing import CliRunner
from small_runs import write_config, write_data

from gcnlabel.cli import main
from gcnlabel.cli.listing import command_files, command_module
from gcnlabel.graph import LabelGraph

pytestmark = pytest.mark.filterwarnings("ignore")
WITHOUT = {"config", "completion", "serve"}
"""Commands that print documentation or a script for a shell, or answer over HTTP."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that ``train --json`` made, and what it printed."""
    place = tmp_path_factory.mktemp("json")
    write_data(place)
    result = call("train", write_config(place), "--output", place / "run", "--set", "training.epochs=1", "--json")
    return place / "run", json.loads(result.stdout)


def call(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result


def found(*words):
    """What a command prints on standard output, which is JSON and nothing else."""
    return json.loads(call(*words, "--json").stdout)


@pytest.mark.parametrize("name", sorted(set(command_files()) - WITHOUT))
def test_every_command_that_prints_results_has_the_option_and_a_result(name):
    command = getattr(command_module(name), name.replace("-", "_"))
    assert "--json" in [option for parameter in command.params for option in parameter.opts]
    tree = ast.parse(command_files()[name].read_text(encoding="utf-8"))
    (function,) = (node for node in tree.body if getattr(node, "name", "") == name.replace("-", "_"))
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    assert isinstance(function.body[-1], ast.Return)
    assert all(node.value is not None for node in returns)


def test_train_and_evaluate_print_the_evaluation(run):
    folder, trained = run
    kept = json.loads((folder / "evaluation.json").read_text())
    assert trained == kept
    assert found("evaluate", folder) == kept


def test_predict_prints_every_sample(run):
    folder, _ = run
    printed = found("predict", folder, folder.parent / "features.npy")
    assert len(printed["predictions"]) == len(np.load(folder.parent / "features.npy"))


def test_files_that_are_written_are_named(run, tmp_path):
    folder, _ = run
    for words in (
        ("report", folder, "--output", tmp_path / "r.html"),
        ("figures", folder, "--output", tmp_path, "--figure", "curves", "--format", "svg"),
        ("export", folder, "--format", "safetensors", "--output", tmp_path / "m.safetensors"),
        ("export-graph", folder / "graph.safetensors", "--format", "npz", "--output", tmp_path / "g.npz"),
    ):
        written = found(*words)["written"]
        assert written
        assert all(os.path.isfile(path) for path in written)


def test_an_error_prints_no_json(tmp_path):
    result = CliRunner().invoke(main, ["inspect-graph", str(tmp_path / "none"), "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.fixture
def graph(tmp_path):
    """A graph of 60 labels, of which the last has no edge; the strongest edge is from 'label 3' to 'label 5'."""
    weights = np.random.default_rng(0).random((60, 60)) * 0.5
    weights[5, 3] = -0.9
    weights[59] = weights[:, 59] = 0
    path = tmp_path / "g.safetensors"
    LabelGraph.from_dense(weights, [f"a rather long name of label {k}" for k in range(60)]).save(path)
    return path


def test_the_graph_is_shown_with_what_matters_first(graph):
    text = call("inspect-graph", graph).output
    order = [text.index(word) for word in ("isolated label", "strongest edges", "in-neighbours", "and 20 more labels")]
    assert order == sorted(order)
    rows = [line for line in text[order[1] :].splitlines() if "label 3" in line]
    assert "-0.900" in rows[0]
    everything = call("inspect-graph", graph, "--all").output
    assert "more labels" not in everything
    assert max(map(len, (text + everything[everything.index("strongest") :]).splitlines()[3:])) <= 80


def test_the_graph_as_json(graph):
    printed = found("inspect-graph", graph)
    name = "a rather long name of label {}".format
    assert printed["strongest"][0] == [name(3), name(5), pytest.approx(-0.9)]
    assert len(printed["strongest"]) == 10
    assert [row["label"] for row in printed["labels"]] == [name(k) for k in range(60)]
    assert any(name(59) in text for text in printed["warnings"])


def test_no_colour_where_it_is_not_wanted(graph):
    asked = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    texts = [
        CliRunner().invoke(main, ["inspect-graph", str(graph)], env={**asked, **more}, color=True).stdout
        for more in ({}, {"NO_COLOR": "1"})
    ]
    assert "\x1b[34m" in texts[0]
    assert not [code for code in ("31m", "34m") if f"\x1b[{code}" in texts[1]]


def test_in_neighbours_are_whole_in_80_columns(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"a name of {'very ' * (k % 3) * 3}many words {k}" for k in range(9)]
    weights = np.where(np.eye(9), 0, np.random.default_rng(0).uniform(-1, 1, (9, 9)))
    LabelGraph.from_dense(weights, names).save(tmp_path / "g.safetensors")
    lines = call("inspect-graph", tmp_path / "g.safetensors").output.splitlines()
    table = lines[next(k for k, line in enumerate(lines) if "in-neighbours, strongest first" in line) + 2 :]
    column = [line[table[0].index("%") + 1 :].strip() for line in table if "%" in line]
    assert max(map(len, table)) <= 80
    assert len(column) == 9
    for first in column:  # each ends with a weight, so no name is torn from its own
        assert re.fullmatch(r"[+-]a name of .* \.\d{3},?", first), first
    assert sum(bool(re.search(r"and \d more", line)) for line in table) == 9
