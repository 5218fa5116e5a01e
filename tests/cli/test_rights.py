"""No rights, read-only folders, full disks: one message, and nothing half written."""

import codecs
import errno
import os
import resource
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, train

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ["data.train=64", "data.val=30", "data.test=30", "training.epochs=1", "model.backbone.widths=[4,8]"]
NOBODY = 65534


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@contextmanager
def without_rights():
    """The superuser may do everything: be somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        train(load_config("synthetic-faces", SMALL), RunFolder(Path(folder) / "run"), progress=False)
        # everything is imported before rights are given up
        call("export", Path(folder) / "run", "--format", "safetensors", "--output", Path(folder) / "warm.safetensors")
        (Path(folder) / "c.yaml").write_text("extends: synthetic-faces\n")
        (Path(folder) / "t.yaml").write_text("tasks: {tags: {type: multilabel, labels: [cat, dog]}}\n")
        (Path(folder) / "t.csv").write_text("cat,dog,split\n" + "1,0,train\n0,1,train\n1,1,train\n" * 9)
        for name in ("utf-8-sig", "utf-32-be", "utf-16-be"):
            codecs.lookup(name)
        call(*COMMANDS["a graph"](Path(folder)))
        (Path(folder) / "g.safetensors").unlink()
        yield Path(folder)


TWO_FIGURES = ["--figure", "adjacency", "--figure", "label_graph", "--format", "svg"]


def train_words(place):
    return ["train", place / "c.yaml", *(word for change in SMALL for word in ("--set", change)), "--output"]


COMMANDS = {
    "a read-only run": lambda p: [*train_words(p), p / "run", "--overwrite"],
    "a read-only run that goes on": lambda p: [
        "train",
        "--resume",
        "--set",
        "training.epochs=2",
        "--output",
        p / "run",
    ],
    "a folder that cannot be made": lambda p: [*train_words(p), p / "new"],
    "an evaluation": lambda p: ["evaluate", p / "run"],
    "figures": lambda p: ["figures", p / "run", "--output", p / "figures", *TWO_FIGURES],
    "export": lambda p: ["export", p / "run", "--format", "safetensors", "--output", p / "m.safetensors"],
    "a graph": lambda p: [
        "build-graph",
        p / "t.yaml",
        "--annotations",
        p / "t.csv",
        "--convention",
        "signed",
        "--output",
        p / "g.safetensors",
    ],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_folders_that_cannot_be_written(name, place):
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with without_rights():
        result = call(*COMMANDS[name](place))
    assert result.exit_code == 2, (result.output, result.exception)
    assert result.output.count("error: ") == 1
    assert "cannot" in result.output
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["config", "evaluation", "best", "graph"])
def test_files_of_a_run_that_cannot_be_read(name, place):
    file = getattr(RunFolder(place / "run"), name)
    file.chmod(0)
    try:
        with without_rights():
            result = call("export", place / "run", "--format", "safetensors", "--output", "/nowhere/m.safetensors")
    finally:
        file.chmod(0o644)
    assert result.exit_code == 2, (result.output, result.exception)
    assert "Permission denied" in result.output
    assert file.name in result.output


def test_a_config_and_a_folder_that_cannot_be_read(place):
    (place / "closed").mkdir()
    (place / "closed" / "c.yaml").write_text("extends: synthetic-faces\n")
    (place / "closed").chmod(0)
    (place / "c.yaml").chmod(0)
    try:
        with without_rights():
            for path in (place / "c.yaml", place / "closed" / "c.yaml"):
                result = call("train", path, "--output", "/nowhere/run")
                assert result.exit_code == 2, (result.output, result.exception)
                assert "Permission denied" in result.output, result.output
    finally:
        (place / "c.yaml").chmod(0o644)
        (place / "closed").chmod(0o755)


@pytest.mark.parametrize("name", ["a read-only run", "figures", "export", "a graph", "a folder that cannot be made"])
def test_a_disk_that_is_full(name, place, tmp_path, monkeypatch):
    limit, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    kept = RunFolder(place / "run").config.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, limit[1]))
    try:
        result = call(*COMMANDS[name](place))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert result.exit_code == 2, (result.output, result.exception)
    assert os.strerror(errno.EFBIG) in result.output
    assert not list(place.rglob(".torn-*"))
    assert not (place / "figures").exists() or not list((place / "figures").iterdir())
    if name.startswith("a "):
        train(load_config("synthetic-faces", SMALL), RunFolder(place / "run"), overwrite=True, progress=False)
    assert RunFolder(place / "run").config.read_bytes() == kept
