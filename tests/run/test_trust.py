"""A run whose config names code: no command runs it unless the user trusts or names it."""

import copy
import shutil
import sys

import pytest
import yaml
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.config.reference import kinds
from gcnlabel.errors import InputError, UntrustedCodeError
from gcnlabel.run import RunFolder, evaluate, resume, train

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ["data.train=64", "data.val=30", "data.test=30", "training.epochs=1", "model.backbone.widths=[4,8]"]
SMALL += ["model.head.name=linear", "weighting=foreign_scheme:scheme"]
SCHEME = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
SCHEME += "def scheme(losses): return sum(losses.values())\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("foreign")
    (place / "foreign_scheme.py").write_text(SCHEME)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(place))
        train(load_config("synthetic-faces", SMALL), RunFolder(place / "run"), progress=False)
    return RunFolder(place / "run")


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """A run of somebody else's; ``code/ran`` says whether its code ran."""
    shutil.copytree(trained.path, tmp_path / "run")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "foreign_scheme.py").write_text(SCHEME)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.delitem(sys.modules, "foreign_scheme", raising=False)
    yield RunFolder(tmp_path / "run")
    sys.modules.pop("foreign_scheme", None)


def commands(run):
    place = run.path.parent
    return {
        "train": ["train", "--resume", "--output", run.path],
        "longer": ["train", "--resume", "--set", "training.epochs=2", "--output", run.path],
        "evaluate": ["evaluate", run.path],
        "unseen": ["evaluate", run.path, "--unseen", "joy"],
        "export": ["export", run.path, "--format", "safetensors", "--output", place / "m.safetensors"],
        "figures": ["figures", run.path, "--output", place / "f", "--format", "svg"],
        "predict": ["predict", run.path, place / "faces"],
    }


def call(words):
    return CliRunner().invoke(main, [str(word) for word in words])


CODE = "foreign_scheme:scheme"
POSITIONS = {
    "head": [
        ("model.head", CODE),
        ("model.head", {"name": CODE, "of": "linear", "size": 3}),
        ("model.head", {"name": "cosine", "of": {"name": "residual", "of": CODE}}),
        ("model.head", {"name": "per-task", "tasks": {"affect": {"name": CODE}}}),
        ("ablate.heads", {"mine": ["linear", {"name": "cosine", "of": CODE}]}),
    ],
    "convolution": [("model.head", {"name": "cosine", "of": {"name": "graph", "conv": {"name": CODE, "k": 2}}})],
    "kind of edges": [("model.head", {"name": "graph", "edges": CODE})],
    "data source": [("data", {"source": CODE, "path": "."})],
    "backbone": [("model.backbone", {"name": CODE, "scaling": "imagenet"})],
    "loss": [("loss.affect", {"name": CODE, "weight": 1})],
    "weighting": [("weighting", {"name": CODE})],
    "optimizer": [("optimizer", {"name": CODE, "lr": 0.1})],
    "schedule": [("optimizer.schedule", CODE), ("optimizer.schedule", {"name": "warm-up", "then": CODE})],
    "mixing": [("training.mix", {"name": CODE})],
    "logger": [("training.loggers", ["csv", {"name": CODE}])],
    "augmentation": [("training.augment", CODE), ("training.augment", {"name": "sequence", "of": ["flip", CODE]})],
    "statistic": [("graph.statistic", {"affect": CODE}), ("graph.statistic", {"affect": {"name": CODE, "k": 2}})],
    "convention": [("graph.convention", CODE)],
    "embeddings": [("graph.embeddings", CODE)],
    "test-time augmentation": [("evaluate.test_time", {"name": CODE})],
    "lender": [("graph.borrowed", {"affect": {"name": CODE, "path": "."}})],
}
"""Kind of part -> places of a config that name one."""


def test_code_is_looked_for_in_every_kind_of_part():
    assert {kind.kind for kind in kinds()} == set(POSITIONS)


@pytest.mark.parametrize("name", ["train", "longer", "evaluate", "unseen", "export", "figures", "predict"])
def test_code_anywhere_in_a_run_is_not_imported(name, run):
    (run.path.parent / "faces").mkdir()
    sound = yaml.safe_load(run.config.read_text()) | {"weighting": "fixed"}
    for place, value in (each for kind in POSITIONS.values() for each in kind):
        content = copy.deepcopy(sound)
        *levels, last = place.split(".")
        section = content
        for level in levels:
            section = section.setdefault(level, {})
        section[last] = value
        run.config.write_text(yaml.safe_dump(content))
        result = call(commands(run)[name])
        assert (result.exit_code, CODE in result.output) == (2, True), (place, value, result.output)
        assert "foreign_scheme" not in sys.modules
    assert not (run.path.parent / "code" / "ran").exists()


def test_code_beside_the_code_that_is_given_again_is_not_run(run):
    """A config that names the same head may hide other code among its options."""
    given = load_config("synthetic-faces", [*SMALL[:-1], "model.head=math:prod"])
    hidden = yaml.safe_load(run.config.read_text())
    hidden["model"]["head"] = {"name": "math:prod", "of": [{"conv": CODE}]}
    hidden["weighting"] = "fixed"
    run.config.write_text(yaml.safe_dump(hidden))
    with pytest.raises(UntrustedCodeError, match=CODE):
        RunFolder(run.path, given=given).load_config()


@pytest.mark.parametrize("name", ["train", "longer", "evaluate", "unseen", "export", "figures", "predict"])
def test_nothing_is_run_unasked(name, run):
    (run.path.parent / "faces").mkdir()
    result = call(commands(run)[name])
    assert result.exit_code == 2, result.output
    assert "foreign_scheme:scheme" in result.output
    assert "--trust" in result.output
    assert not (run.path.parent / "code" / "ran").exists()


@pytest.mark.parametrize("name", ["train", "longer", "evaluate", "export"])
def test_who_is_trusted_is_run(name, run):
    result = call([*commands(run)[name], "--trust"])
    assert result.exit_code == 0, result.output
    assert (run.path.parent / "code" / "ran").exists()


def test_the_same_config_again_is_enough(run):
    words = ["train", "synthetic-faces", "--resume", "--output", run.path]
    words += [word for change in SMALL for word in ("--set", change)]
    result = call(words)
    assert result.exit_code == 0, result.output
    assert (run.path.parent / "code" / "ran").exists()
    with pytest.raises(UntrustedCodeError, match="foreign_scheme:scheme"):
        resume(RunFolder(run.path), load_config("synthetic-faces", [*SMALL, "weighting=math:prod"]))


def test_the_library_asks_too(run):
    with pytest.raises(InputError, match="foreign_scheme"):
        evaluate(run)
    evaluate(RunFolder(run.path, trust=True))
