"""What the shells complete: commands, options, presets, conventions, heads and keys of a config, without torch."""

import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.cli.completing import known
from gcnlabel.config import load_config

CALLED = "from gcnlabel.cli import main; main(prog_name='gcnlabel')"
LOADED = (
    "import sys; from gcnlabel.cli import main\ntry: main(prog_name='gcnlabel')\nfinally: print(sorted(sys.modules))"
)


def completed(line):
    """Return what bash is given for the last word of a line."""
    words = line.split(" ")
    asked = {"_GCNLABEL_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = CliRunner().invoke(main, [], env=asked, prog_name="gcnlabel")
    assert done.exit_code == 0, done.output
    return [item.partition(",")[2] for item in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("gcnlabel tr", ["train"]),
        ("gcnlabel train --ov", ["--overwrite"]),
        ("gcnlabel train emotion-gcn-e", ["emotion-gcn-emotic", "emotion-gcn-emotic-breg-next"]),
        ("gcnlabel build-graph --convention ml", ["ml-gcn-code", "ml-gcn-paper"]),
        ("gcnlabel build-graph --statistic a:b=co", ["a:b=conditional", "a:b=cooccurrence"]),
        ("gcnlabel build-graph --embeddings emo", ["emotion-words"]),
        ("gcnlabel train --set optimizer.l", ["optimizer.lr="]),
        ("gcnlabel train --set model.head.name=li", ["model.head.name=linear"]),
        ("gcnlabel train --set model.head=cos", ["model.head=cosine"]),
        ("gcnlabel ablate --set training.precision=bf", ["training.precision=bf16-mixed"]),
        ("gcnlabel train --set standardize=t", ["standardize=true"]),
        ("gcnlabel completion z", ["zsh"]),
    ],
)
def test_it_completes(line, some):
    found = completed(line)
    assert set(some) <= set(found)
    assert all(item.startswith(line.split(" ")[-1]) for item in found)


@pytest.mark.parametrize("key", ["optimizer.lr=0.5", "model.head.name=linear", "training.epochs=3", "graph.tau=0.2"])
def test_keys_are_those_of_a_config(key):
    assert key.partition("=")[0] in known()["keys"]
    load_config("synthetic-faces", [key])


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete --no-files")]
)
def test_the_lines_of_each_shell(shell, word):
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert word in done.stdout
    assert "_GCNLABEL_COMPLETE" in done.stdout


def test_nothing_slow_is_imported():
    asked = {"_GCNLABEL_COMPLETE": "bash_complete", "COMP_WORDS": "gcnlabel train --set model.h", "COMP_CWORD": "3"}
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, env={**os.environ, **asked})
    assert "model.head=" in done.stdout
    assert "'torch'" not in done.stdout
    assert "'polars'" not in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gcnlabel train --set model.head.name = li", ["linear"]),
        ("gcnlabel train --set standardize =", ["true", "false", "auto"]),
        ("gcnlabel train --set optimizer.l", ["optimizer.lr="]),
        ("gcnlabel build-graph --statistic a:b = ph", ["phi"]),
    ],
)
def test_bash_itself_splits_at_the_sign(words, found, tmp_path):
    (tmp_path / "gcnlabel").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{CALLED}"\n')
    (tmp_path / "gcnlabel").chmod(0o755)
    lines = CliRunner().invoke(main, ["completion", "bash"]).stdout
    asked = f"COMP_WORDS=({words}); COMP_CWORD={len(words.split()) - 1}"
    script = f'{lines}\n{asked}\n_gcnlabel_completion gcnlabel\nprintf "%s\\n" "${{COMPREPLY[@]}}"'
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=path)
    assert done.stdout.split() == found, done.stderr
