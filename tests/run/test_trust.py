"""A run whose config names code: no command runs it unless the user trusts or names it."""

import shutil
import sys

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
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
