"""Run folders with damaged or missing files: everything that can be done is done, the rest is one clear message."""

import json
import random
import shutil
import signal

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.run import RunFolder, drawing, evaluate, figure_folder, train
from gcnlabel.run.drawing import FigureFolder, draw_figures

pytestmark = pytest.mark.filterwarnings("ignore", "always::gcnlabel.errors.GcnlabelWarning")
SMALL = ["data.train=64", "data.val=30", "data.test=30", "training.epochs=1", "model.backbone.widths=[4,8]"]
SMALL += ["model.head.name=graph", "model.head.hidden_channels=[8]"]
FILES = ("config", "evaluation", "predictions", "metrics", "best", "graph")

OF_GRAPHS = {"adjacency_run", "label_graph_run", "dependency_run"}
OF_PREDICTIONS = {"similarity", "confusion_expression", "label_bars_expression", "reliability_expression"}
WHOLE = OF_GRAPHS | OF_PREDICTIONS | {"scatter_affect", "curves"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = RunFolder(tmp_path_factory.mktemp("run") / "whole")
    train(load_config("synthetic-faces", SMALL), folder, progress=False)
    return folder


@pytest.fixture
def run(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


@pytest.fixture
def quick(monkeypatch):
    """Figures are made, and not drawn, which takes most of the time."""

    def rendered(figure, path, formats, *, table):
        return {path.with_name(f"{path.name}.{name}"): b"drawn" for name in (*formats, "csv")}

    monkeypatch.setattr(figure_folder, "rendered", rendered)


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def stems(folder):
    return {path.stem for path in folder.glob("*.svg")}


def test_a_run_draws_everything(run, tmp_path):
    result = call("figures", run.path, "--output", tmp_path / "f", "--format", "svg")
    assert result.exit_code == 0, result.output
    assert "warning" not in result.output
    assert stems(tmp_path / "f") == WHOLE


LOST = {
    "graph": OF_GRAPHS,
    "predictions": OF_PREDICTIONS,
    "metrics": {"curves"},
    "config": {"scatter_affect"},
    "signature": OF_PREDICTIONS | {"scatter_affect"},
}
DAMAGED = [(name, b"\xff\x00damaged") for name in LOST]
DAMAGED += [("predictions", b""), ("metrics", b""), ("metrics", b"a,b\n1\n"), ("config", b"a,b\n1\n")]
SLOW = [(name, content) for name in LOST for content in (b"", b"a,b\n1\n") if (name, content) not in DAMAGED]


@pytest.mark.parametrize(
    ("name", "content"), [*DAMAGED, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)]
)
def test_one_damaged_file_costs_its_own_figures(run, tmp_path, quick, name, content):
    getattr(run, name).write_bytes(content)
    result = call("figures", run.path, "--output", tmp_path / "f", "--format", "svg")
    assert result.exit_code == 0, result.output
    assert "warning: not drawn: " in result.output
    assert stems(tmp_path / "f") == WHOLE - LOST[name]


def test_data_that_moved_costs_the_figure_that_shows_it(run, tmp_path, monkeypatch):
    def moved(*_, **options):
        raise InputError("annotations not found: labels.csv")

    monkeypatch.setattr(drawing, "load_data", moved)
    with pytest.warns(GcnlabelWarning, match=r"not drawn: scatter_affect: annotations not found: labels.csv"):
        files = draw_figures([run], FigureFolder(tmp_path / "f", ("svg",)))
    assert "curves.svg" in {path.name for path in files}


def test_a_dimension_that_is_never_annotated(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "x.npy", rng.normal(size=(60, 3)).astype("f4"))
    table = {"mood": ["sad", "happy", "calm"] * 20, "valence": rng.normal(size=60), "arousal": [None] * 60}
    table["split"] = ["train"] * 30 + ["val"] * 15 + ["test"] * 15
    pl.DataFrame(table, strict=False).write_csv(tmp_path / "y.csv")
    (tmp_path / "c.yaml").write_text(
        f"""tasks: {{mood: {{type: categorical, classes: [sad, happy, calm]}},
        affect: {{type: dimensional, dims: [valence, arousal]}}}}
data: {{source: table, annotations: {tmp_path / "y.csv"}, features: {tmp_path / "x.npy"}}}
model: {{backbone: {{name: identity}}, head: {{name: linear}}}}
training: {{epochs: 1}}
"""
    )
    result = call("train", tmp_path / "c.yaml", "--output", tmp_path / "run")
    assert result.exit_code == 0, result.output
    result = call("figures", tmp_path / "run", "--output", tmp_path / "f", "--format", "svg")
    assert result.exit_code == 0, result.output
    assert "not drawn: scatter_affect" in result.output
    assert "confusion_mood" in stems(tmp_path / "f")


def test_nothing_to_draw(run, tmp_path):
    for name in FILES:
        getattr(run, name).write_bytes(b"\xff\x00damaged")
    result = call("figures", run.path, "--output", tmp_path / "f")
    assert result.exit_code == 2
    assert "error: no figure of run can be drawn" in result.output
    assert not (tmp_path / "f").exists()
    result = call("figures", tmp_path / "nowhere", "--output", tmp_path / "f")
    assert result.exit_code == 2
    assert "holds no run" in result.output


def test_figures_on_a_full_disk_leave_nothing(run, tmp_path, monkeypatch):
    written, real = [], type(tmp_path).write_bytes

    def full(self, content):
        written.append(self)
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(type(tmp_path), "write_bytes", full)
    result = call("figures", run.path, "--output", tmp_path / "f")
    assert result.exit_code == 2
    assert "No space left on device" in result.output
    assert not list((tmp_path / "f").iterdir())


def mutant(content, rng):
    """Return bytes with a few of them changed, lost or doubled."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        at, size = rng.randrange(len(data)), rng.randint(1, 40)
        kind = rng.randrange(4)
        if kind == 0:
            data[at : at + size] = rng.randbytes(size)
        elif kind == 1:
            del data[at : at + size]
        elif kind == 2:
            data[at:at] = data[at : at + size]
        else:
            data[at] ^= 1 << rng.randrange(8)
        if not data:
            return b"x"
    return bytes(data)


def swapped(content, rng):
    """Return JSON with one of its values another."""
    values = json.loads(content)
    place = values
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        if not isinstance(place[key], dict | list) or rng.random() < 0.3:
            place[key] = rng.choice([None, -1, 1e400, "x", [], {}, [[]], {"a": None}, True])
            break
        place = place[key]
    return json.dumps(values).encode()


@pytest.mark.parametrize("name", FILES)
def test_mutants_end_in_a_result_or_one_message(name, run, finished, tmp_path, quick):
    rng = random.Random(name)
    original = getattr(finished, name).read_bytes()
    commands = [("evaluate", run.path), ("export", run.path, "--format", "safetensors", "--output", tmp_path / "m")]
    commands += [("figures", run.path, "--output", tmp_path / "f", "--overwrite", "--format", "svg")]
    for number in range(12):
        change = swapped if name == "evaluation" and number % 2 else mutant
        getattr(run, name).write_bytes(change(original, rng))
        words = commands[number % 3 if name != "best" else number % 2]
        kept = getattr(run, name).read_bytes()
        signal.alarm(60)
        result = CliRunner().invoke(
            main, [str(word) for word in (*words, *(["--overwrite"] if words[0] == "export" else []))]
        )
        signal.alarm(0)
        assert result.exit_code in (0, 2), (words[0], number, kept[:2000], result.exc_info, result.output)
        assert isinstance(result.exception, (SystemExit, type(None))), (words[0], number, result.exc_info)
        shutil.copy(finished.evaluation, run.evaluation)
        shutil.copy(finished.predictions, run.predictions)


def test_an_evaluation_writes_damaged_ones_anew(run, finished):
    run.evaluation.write_text("{")
    run.predictions.write_text("{")
    assert evaluate(run) == finished.read_evaluation()


def test_a_figure_of_ones_own(run, tmp_path, monkeypatch):
    source = "import polars as pl\nfrom gcnlabel.figures.style import new_figure\n\n"
    source += "def losses(runs, *, width: float = 2.0):\n"
    source += "    tables = runs.epochs\n"
    source += "    return {f'losses_{n}': lambda n=n: (new_figure(width, 2), tables[n]) for n in runs.names}\n"
    (tmp_path / "own_figures.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    result = call("figures", run.path, "--output", tmp_path / "f", "--format", "svg", "--figure", "own_figures:losses")
    assert result.exit_code == 0, result.output
    assert stems(tmp_path / "f") == {"losses_run"}
    draw_figures([run], FigureFolder(tmp_path / "g", ("svg",)), [{"name": "own_figures:losses", "width": 4}])
    assert 'width="288pt"' in (tmp_path / "g" / "losses_run.svg").read_text()


@pytest.mark.parametrize("name", ["curvse", "no_such_module:figure"])
def test_a_figure_that_does_not_exist(run, tmp_path, name):
    result = call("figures", run.path, "--output", tmp_path / "f", "--figure", name)
    assert result.exit_code == 2
    assert name in result.output
    assert not (tmp_path / "f").exists()
