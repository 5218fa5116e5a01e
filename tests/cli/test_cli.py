import gc
import json

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.cli.listing import command_files
from gcnlabel.cli.main import COLLECTION
from gcnlabel.graph import LabelGraph

pytestmark = pytest.mark.filterwarnings("ignore")

TASKS = """tasks:
  expression: {type: categorical, classes: [sad, happy]}
  affect: {type: dimensional, dims: [valence], range: [-1, 1]}
"""
ROWS = "expression,valence,split\n" + "sad,-.5,train\nhappy,.5,train\nsad,-.2,train\nhappy,.9,train\nhappy,.1,test\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks.yaml").write_text(TASKS)
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "m.csv").write_text("label,valence,happy,sad\nsad,-.6,0,1\nhappy,.7,1,0\nvalence,1,.7,-.6\n")

    def call(line):
        return CliRunner().invoke(main, line.split())

    return call


def test_every_command_has_examples_in_its_help(run):
    for name in command_files():
        result = run(f"{name} --help")
        assert result.exit_code == 0
        assert f"gcnlabel {name}" in result.output.split("Examples:")[1]


def test_build_and_inspect_from_annotations(run, tmp_path):
    result = run("build-graph tasks.yaml --annotations a.csv --embeddings one-hot --p 0.5 --output g.safetensors")
    assert result.exit_code == 0, result.output
    assert "3 labels, 6 directed edges, embeddings of size 3" in result.output
    graph = LabelGraph.load(tmp_path / "g.safetensors")
    assert graph.history["num_samples"] == 4  # the training split alone
    assert graph.history["convention"] == "signed-weighted"
    sad = graph.adjacency()[0]
    assert sad[0] == 0.5
    assert sad[1] < 0 < sad.abs().sum() <= 1
    result = run("inspect-graph g.safetensors --tau-sweep --output figs --format png")
    assert result.exit_code == 0, result.output
    assert "valence" in result.output
    assert (tmp_path / "figs" / "tau_sweep.png").exists()
    assert (tmp_path / "figs" / "tau_sweep.csv").read_text().startswith("tau,directed_edges")


def test_matrix_is_matched_by_name(run, tmp_path):
    assert run("build-graph tasks.yaml --from-matrix m.csv --output g.safetensors").exit_code == 0
    graph = LabelGraph.load(tmp_path / "g.safetensors")
    assert graph.labels == ("sad", "happy", "valence")
    assert graph.statistic[1].tolist() == [0, 1, 0.7]


def test_signs_are_shown(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert run("build-graph tasks.yaml --from-matrix m.csv --convention signed --output g.safetensors").exit_code == 0
    output = run("inspect-graph g.safetensors").output
    assert "negative" in output
    assert "+happy .250, -sad .250" in output
    assert "4 directed edges between them: 2 positive, 2 negative" in output


def test_statistics_and_pairs_can_be_named(run, tmp_path):
    options = "--split all --statistic expression:affect=pearson --output g.safetensors"
    assert run(f"build-graph tasks.yaml --annotations a.csv {options}").exit_code == 0
    history = LabelGraph.load(tmp_path / "g.safetensors").history
    assert history["blocks"] == [{"tasks": ["expression", "affect"], "statistic": "pearson"}]
    assert history["num_samples"] == 5


def test_the_weight_of_neighbours_is_of_all_or_each_tasks_own(run, tmp_path):
    command = "build-graph tasks.yaml --from-matrix m.csv --output g.safetensors --overwrite"
    for options, expected in (("--p 0.25", [0.75] * 3), ("--p expression=0.1 --p affect=0.4", [0.9, 0.9, 0.6])):
        assert run(f"{command} {options}").exit_code == 0
        diagonal = LabelGraph.load(tmp_path / "g.safetensors").adjacency().diagonal()
        assert diagonal.tolist() == pytest.approx(expected)


def test_a_block_is_borrowed_by_name(run, tmp_path):
    (tmp_path / "classes.csv").write_text("label,happy,sad,bored\nhappy,0,.5,0\nsad,.25,0,0\nbored,0,0,0\n")
    options = "--annotations a.csv --borrow expression=classes.csv --output g.safetensors"
    result = run(f"build-graph tasks.yaml {options}")
    assert result.exit_code == 0, result.output
    graph = LabelGraph.load(tmp_path / "g.safetensors")
    names = graph.labels
    assert graph.statistic[names.index("happy"), names.index("sad")] == 0.5
    assert graph.statistic[names.index("sad"), names.index("happy")] == 0.25
    assert graph.adjacency()[names.index("sad"), names.index("happy")] > 0
    (tmp_path / "classes.csv").write_text("label,happy\nhappy,0\n")
    result = run(f"build-graph tasks.yaml {options} --overwrite")
    assert result.exit_code == 2
    assert "lacks 'sad'" in result.output or "lacks sad" in result.output


def test_edges_make_a_graph(run, tmp_path):
    (tmp_path / "e.csv").write_text("source,target,weight\ncat,dog,.9\ndog,bird,.8\n")
    result = run("build-graph --from-edges e.csv --convention ml-gcn-paper --output g.safetensors")
    assert result.exit_code == 0, result.output
    result = run("inspect-graph g.safetensors")
    assert "cat" in result.output
    assert "without in-neighbours" in result.output


BAD = [
    ("build-graph tasks.yaml --annotations no.csv --output g.safetensors", "annotations not found: no.csv"),
    ("build-graph no.yaml --annotations a.csv --output g.safetensors", "tasks file not found"),
    ("build-graph --annotations a.csv --output g.safetensors", "no TASKS file given"),
    ("build-graph tasks.yaml --output g.safetensors", "0 sources for the graph"),
    ("build-graph tasks.yaml --annotations a.csv --from-matrix m.csv --output g.safetensors", "2 sources"),
    ("build-graph tasks.yaml --annotations a.csv --tau 1.5 --output g.safetensors", "tau = 1.5"),
    ("build-graph tasks.yaml --annotations a.csv --p -0.1 --output g.safetensors", "p = -0.1"),
    ("build-graph tasks.yaml --annotations a.csv --p 0.1 --p 0.2 --output g.safetensors", "TASK=NUMBER for each"),
    ("build-graph tasks.yaml --annotations a.csv --p half --output g.safetensors", "one number for all"),
    ("build-graph tasks.yaml --annotations a.csv --p affect=0.1 --output g.safetensors", "p of each task: expression"),
    (
        "build-graph tasks.yaml --annotations a.csv --convention emotion-gcn-paper --tau 1 --output g.safetensors",
        "no label has a neighbour",
    ),
    (
        "build-graph tasks.yaml --annotations a.csv --convention emotion-gnc --output g.safetensors",
        "unknown convention",
    ),
    (
        "build-graph tasks.yaml --annotations a.csv --statistic sperman --output g.safetensors",
        "did you mean 'spearman'",
    ),
    ("build-graph tasks.yaml --annotations a.csv --statistic affect=phi --output g.safetensors", "Phi does not suit"),
    ("build-graph tasks.yaml --annotations a.csv --embeddings emotion --output g.safetensors", "no embeddings or file"),
    ("build-graph tasks.yaml --annotations a.csv --split dev --output g.safetensors", "no sample to measure"),
    ("build-graph tasks.yaml --annotations a.csv --split-column fold --output g.safetensors", "no column 'fold'"),
    ("build-graph tasks.yaml --annotations a.csv --output /proc/none/g.safetensors", "cannot write"),
    ("inspect-graph a.csv", "cannot be read"),
    ("train nothing --output run", "no config file and no preset"),
    ("train synthetic-faces --set modle.head.name=linear --output run", "did you mean 'model'"),
    ("train synthetic-faces --set training.epochs=x --output run", "training.epochs"),
    ("train synthetic-faces --set training.epochs --output run", "expected: key=value"),
    ("train --output run", "no CONFIG given"),
    ("train synthetic-faces --devices two --output run", "expected: auto or a number"),
    (
        "train synthetic-faces --set model.head.hidden_channels=[1000000000000] --set data.train=40 --set data.val=20 "
        "--output run",
        "out of memory",
    ),
    ("train --resume --output run", "holds no run"),
    ("evaluate run", "holds no run"),
    ("figures run --output figs", "holds no run"),
]


@pytest.mark.parametrize(("line", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input_is_one_message_and_exit_code_2(run, tmp_path, line, message):
    before = sorted(path.name for path in tmp_path.rglob("*"))
    result = run(line)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == before  # nothing half-written


def test_debug_shows_the_traceback(run):
    result = run("--debug inspect-graph a.csv")
    assert result.exit_code == 1
    assert result.exc_info is not None


def test_nothing_is_overwritten_unless_asked(run, tmp_path):
    (tmp_path / "g.safetensors").write_text("mine")
    line = "build-graph tasks.yaml --from-matrix m.csv --output g.safetensors"
    result = run(line)
    assert result.exit_code == 2
    assert "already exists" in result.stderr
    assert (tmp_path / "g.safetensors").read_text() == "mine"
    assert run(f"{line} --overwrite").exit_code == 0


def test_demo_trains_compares_and_draws(run, tmp_path):
    small = ["data.train=120", "data.val=40", "data.test=40", "training.epochs=1", "model.backbone.widths=[4]"]
    result = run("demo --output out " + " ".join(f"--set {change}" for change in small))
    assert result.exit_code == 0, result.output
    assert "linear" in result.output
    assert "out/figures" in result.output
    table = (tmp_path / "out" / "comparison.md").read_text()
    accuracy = json.loads((tmp_path / "out" / "graph" / "evaluation.json").read_text())["tasks"]["expression"][
        "accuracy"
    ]
    assert f"{accuracy:.3f}" in table
    assert "not photographs" in table
    for name in ("adjacency_graph", "similarity", "confusion_expression", "scatter_affect", "curves", "comparison"):
        for suffix in ("pdf", "png", "csv"):
            assert (tmp_path / "out" / "figures" / f"{name}.{suffix}").exists()
    result = run("evaluate out/graph --split val")
    assert result.exit_code == 0, result.output
    assert "val (40 samples)" in result.output
    assert run("figures out/graph --output figs --format svg --figure similarity").exit_code == 0
    assert (tmp_path / "figs" / "similarity.svg").exists()


def test_commands_collect_garbage_less_often():
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        assert CliRunner().invoke(main, ["--version"]).exit_code == 0
        assert gc.get_threshold()[0] == COLLECTION[0]
    finally:
        gc.set_threshold(*before)
