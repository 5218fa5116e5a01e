import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.run.drawing import flat_metrics

ROOT = Path(__file__).parents[2]

ELSEWHERE = ("published_statistics", "your_own_parts", "coco", "voc")  # the last two: tests/run/test_coco_and_voc.py
CONFIGS = sorted(
    str(path.relative_to(ROOT))
    for path in ROOT.glob("examples/*/*.yaml")
    if path.parent.name not in ELSEWHERE and path.name != "graphs.yaml"  # tests/examples/test_molecule_example.py
)


def test_own_annotations_trains_both_heads():
    script = ROOT / "examples" / "custom_graph" / "own_annotations.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    for head in ("linear", "graph"):
        losses = [float(value) for value in re.findall(rf"{head}\s+step\s+\d+ loss ([\d.]+)", done.stdout)]
        assert len(losses) == 3
        assert losses[-1] < 0.5 * losses[0]
    assert re.search(r"glad +takes from pleasantness 0\.\d+, smile 0\.\d+, upset -0\.", done.stdout)


def test_grid_search_compares_heads_and_predicts_a_frame():
    script = ROOT / "examples" / "scikit_learn" / "grid_search.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    scores = {line[0]: float(line[1]) for line in re.findall(r"head (\S+) .* score ([\d.]+)", done.stdout)}
    assert set(scores) == {"linear", "cosine", "graph"}
    assert min(scores.values()) > 0.5
    assert re.search(r"mood +smile +tears +pleasantness\n", done.stdout)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("head", ["linear", "graph"])
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


def test_the_readme_shows_what_the_benchmarks_found():
    check = [sys.executable, ROOT / "benchmarks" / "readme_tables.py", "--check"]
    done = subprocess.run(check, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.filterwarnings("ignore")
def test_the_library_example_of_the_readme_runs(tmp_path, monkeypatch):
    text = (ROOT / "README.md").read_text()
    (yaml,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "tasks.yaml").write_text(yaml)
    classes = ["neutral", "happy", "sad", "surprise", "fear", "disgust", "anger"]
    rows = [f"{classes[i % 7]},{(i % 7) / 7 - 0.4},{(i % 3) / 3},{i % 2},{i // 2 % 2},train" for i in range(70)]
    (tmp_path / "labels.csv").write_text("\n".join(["expression,valence,arousal,cat,dog,split", *rows]))
    (tmp_path / "more_tasks.yaml").write_text(yaml.replace("[cat, dog]", "[cat, dog, cow]"))
    more = [f"{row.removesuffix(',train')},{i % 5 // 3}" for i, row in enumerate(rows)]
    (tmp_path / "elsewhere.csv").write_text("\n".join(["expression,valence,arousal,cat,dog,cow", *more]))
    words = [*classes, "valence", "arousal", "cat", "dog", "cow"]
    vectors = [f"{word} {i % 3} {i % 5} {i % 4 - 1}" for i, word in enumerate(words)]
    (tmp_path / "word_vectors.txt").write_text("\n".join(vectors))
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(code, names)
    assert {name: list(score.shape) for name, score in names["scores"].items()} == {
        "expression": [2, 7],
        "affect": [2, 2],
        "tags": [2, 3],
    }
