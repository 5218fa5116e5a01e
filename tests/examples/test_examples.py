import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.run.drawing import flat_metrics

ROOT = Path(__file__).parents[2]

ELSEWHERE = ("published_statistics", "your_own_parts", "texts", "coco", "voc")
"""With tests of their own: test_text_example.py, tests/run/test_coco_and_voc.py, ..."""
CONFIGS = sorted(
    str(path.relative_to(ROOT))
    for path in ROOT.glob("examples/*/*.yaml")
    if path.parent.name not in ELSEWHERE and path.name != "graphs.yaml"  # tests/examples/test_molecule_example.py
)
LINEAR = "examples/mulan/emotions.yaml"
TRAINED = [(config, "graph") for config in CONFIGS]
TRAINED += [pytest.param(c, "linear", marks=[] if c == LINEAR else [pytest.mark.slow]) for c in CONFIGS]


def run_script(path, monkeypatch, capsys):
    """Run a script in this process, which has imported what each of them needs, and return what it prints."""
    monkeypatch.setattr(sys, "argv", [str(path)])
    monkeypatch.syspath_prepend(path.parent)
    runpy.run_path(str(path), run_name="__main__")
    return capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_own_annotations_trains_both_heads(monkeypatch, capsys):
    shown = run_script(ROOT / "examples" / "custom_graph" / "own_annotations.py", monkeypatch, capsys)
    for head in ("linear", "graph"):
        losses = [float(value) for value in re.findall(rf"{head}\s+step\s+\d+ loss ([\d.]+)", shown)]
        assert len(losses) == 3
        assert losses[-1] < 0.5 * losses[0]
    assert re.search(r"glad +takes from pleasantness 0\.\d+, smile 0\.\d+, upset -0\.", shown)


@pytest.mark.filterwarnings("ignore")
def test_grid_search_compares_heads_and_predicts_a_frame(monkeypatch, capsys):
    shown = run_script(ROOT / "examples" / "scikit_learn" / "grid_search.py", monkeypatch, capsys)
    scores = {line[0]: float(line[1]) for line in re.findall(r"head (\S+) .* score ([\d.]+)", shown)}
    assert set(scores) == {"linear", "cosine", "graph"}
    assert min(scores.values()) > 0.5
    assert re.search(r"mood +smile +tears +pleasantness\n", shown)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("config", "head"), TRAINED)
def test_every_config_trains_on_its_real_data(config, head, shared_data, tmp_path, monkeypatch):
    monkeypatch.setenv("GCNLABEL_DATA", str(shared_data))
    line = ["train", str(ROOT / config), "--set", "training.epochs=1", "--set", f"model.head.name={head}"]
    result = CliRunner().invoke(main, [*line, "--output", str(tmp_path / "run")])
    assert result.exit_code == 0, result.output
    evaluation = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert (evaluation["head"], evaluation["split"]) == (head, "test")
    assert all(0 <= value <= 1 for key, value in flat_metrics(evaluation).items() if key.endswith(("_f1", "lrap")))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("examples/published_statistics/affectnet.yaml --from-matrix {}/affectnet_spearman.csv", "9 labels, 42 dir"),
        ("--from-counts {}/coco2014_cooccurrence.csv --convention ml-gcn-paper", "80 labels, 111 directed"),
        ("--from-counts {}/voc2007_cooccurrence.csv --convention ml-gcn-code", "20 labels, 6 directed"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_published_statistics_become_graphs(line, found, shared_data, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    arguments = line.format(shared_data.resolve() / "label_statistics").split()
    result = CliRunner().invoke(main, ["build-graph", *arguments, "--output", str(tmp_path / "g.safetensors")])
    assert result.exit_code == 0, result.output
    assert found in result.output


def test_readme_and_docs_show_what_the_benchmarks_found():
    """In a process of its own: parts that other tests register would be in the reference."""
    check = [sys.executable, ROOT / "benchmarks" / "readme_tables.py", "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
