"""build-graph --annotations x.arff."""

import numpy as np
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.graph import LabelGraph

pytestmark = pytest.mark.filterwarnings("ignore")

TAGS = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 0]])
HEADER = "@relation 'r: -C 3'\n@attribute a {no,yes}\n@attribute b {yes,no}\n@attribute c {K,NEG}\n@attribute x real\n"
WORDS = np.array([["no", "yes"], ["no", "yes"], ["NEG", "K"]])


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [",".join(WORDS[range(3), row]) + f",{i}" for i, row in enumerate(TAGS)]
    (tmp_path / "a.arff").write_text(HEADER + "@data\n" + "\n".join(rows) + "\n")
    (tmp_path / "a.xml").write_text('<labels><label name="c"/><label name="a"/></labels>')
    (tmp_path / "a.csv").write_text("t,split\n1,train\n0,train\n")
    (tmp_path / "tasks.yaml").write_text(
        "tasks:\n  tags: {type: multilabel, labels: [b, a]}\n  level: {type: dimensional, dims: [x]}\n"
    )

    def call(line):
        return CliRunner().invoke(main, [*line.split(), "--output", "g.safetensors"])

    return call


def conditional(tags):
    """P(column | row), without the diagonal."""
    found = tags.T @ tags / tags.sum(0)[:, None]
    return found - np.diag(np.diag(found))


def statistic(tmp_path):
    graph = LabelGraph.load(tmp_path / "g.safetensors")
    return graph.labels, np.asarray(graph.statistic) - np.diag(np.diag(np.asarray(graph.statistic)))


def test_all_labels_are_one_task(run, tmp_path):
    result = run("build-graph --annotations a.arff --present c=K --convention ml-gcn-paper --tau 0.1")
    assert result.exit_code == 0, result.output
    labels, found = statistic(tmp_path)
    assert labels == ("a", "b", "c")
    np.testing.assert_allclose(found, conditional(TAGS), atol=1e-6)


def test_labels_of_an_xml(run, tmp_path):
    result = run("build-graph --annotations a.arff --xml a.xml --present c=NEG --statistic labels=phi --split all")
    assert result.exit_code == 0, result.output
    labels, found = statistic(tmp_path)
    assert labels == ("c", "a")
    np.testing.assert_allclose(found[0, 1], np.corrcoef(1 - TAGS[:, 2], TAGS[:, 0])[0, 1], atol=1e-6)


def test_tasks_are_as_declared(run, tmp_path):
    options = "--statistic tags=phi --statistic tags:level=spearman"
    assert run(f"build-graph tasks.yaml --annotations a.arff {options}").exit_code == 0
    assert statistic(tmp_path)[0] == ("b", "a", "x")


def test_files_are_one_set(run, tmp_path):
    assert (
        run("build-graph --annotations a.arff --annotations a.arff --present c=K --statistic labels=phi").exit_code == 0
    )
    assert LabelGraph.load(tmp_path / "g.safetensors").history["num_samples"] == 12


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--annotations a.arff", "it is not known which value of label"),
        ("--annotations a.arff --present c", "--present c"),
        ("--annotations a.arff --split train", "--split has no effect for ARFF files"),
        ("--annotations a.arff --workers 2", "--workers has no effect"),
        ("--annotations a.arff --delimiter ;", "--delimiter has no effect for ARFF files"),
        ("--annotations a.arff --annotations a.csv", "ARFF files and tables"),
        ("tasks.yaml --annotations a.csv --xml a.xml", "--xml has no effect"),
        ("--from-edges e.csv --present a=yes", "--present has no effect"),
        ("--from-edges e.csv --split dev", "--split has no effect"),
    ],
)
def test_what_has_no_effect_or_meaning_is_one_message(run, tmp_path, line, message):
    result = run(f"build-graph {line}")
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "g.safetensors").exists()
