"""Configs that are damaged or made to hurt end at once with a message."""

import time

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
BAD = {
    "bomb": (BOMB + "tasks: {m: {type: multilabel, labels: *j}}\n", "values, with aliases expanded"),
    "itself": ("tasks: &a {b: *a}\ndata: {source: synthetic-faces}\n", "a recursive alias"),
    "deep": ("tasks: " + "[" * 400 + "]" * 400, "levels"),
    "deeper": ("tasks: " + "{a: " * 9000 + "1" + "}" * 9000, "levels"),
    "number": (f"seed: {'9' * 5000}", "not valid YAML"),
    "large": ("seed: 99999999999999999999999", "more than 64 bits"),
    "date": ("tasks: {mood: {type: categorical, classes: [a, 2020-99-99]}}", "not valid YAML"),
    "day": ("tasks: {mood: {type: categorical, classes: [a, 2020-01-02]}}", "YAML reads 2020-01-02 as a date"),
    "tag": ("tasks: {mood: {type: categorical, classes: [!!int x, b]}}", "not valid YAML"),
    "bytes": ("tasks: {mood: {type: categorical, classes: [!!binary aGk=, b]}}", "as a bytes"),
    "set": ("tasks: !!set {a, b}", "as a set"),
    "list": ("[1]", "not a mapping|declares no tasks"),
    "word": ("word", "not a mapping|declares no tasks"),
    "list as key": ("? [a, b]\n: 1", "not valid YAML"),
    "date as key": ("2020-01-02: 1", "as a date"),
    "python": ("tasks: !!python/object/apply:os.system [ls]", "not valid YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_message_at_once(name, tmp_path):
    text, message = BAD[name]
    path = tmp_path / "c.yaml"
    path.write_text(text)
    start = time.monotonic()
    with pytest.raises(InputError, match=message):
        load_config(path)
    if "tasks" in text:
        with pytest.raises(InputError, match=message):
            TaskSet.from_yaml(path)
    assert time.monotonic() - start < 10


def test_what_is_set_is_checked_too():
    with pytest.raises(InputError, match=r"64 bits\n  where: --set seed"):
        load_config("synthetic-faces", [f"seed={9**99}"])


@pytest.mark.parametrize("chain", [["a.yaml"], ["a.yaml", "b.yaml"]])
def test_extends_in_a_circle(chain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, follows in zip(chain, [*chain[1:], chain[0]], strict=True):
        (tmp_path / path).write_text(f"extends: {follows}\nseed: 1\n")
    result = CliRunner().invoke(main, ["train", "a.yaml", "--output", "r"])
    assert result.exit_code == 2
    assert f"circular extends: {' -> '.join([*chain, 'a.yaml'])}" in result.output
    (tmp_path / "c.yaml").write_text("extends: ./c.yaml\n")
    with pytest.raises(InputError, match="circular extends"):
        load_config(tmp_path / "c.yaml")


def test_a_name_that_no_file_can_have():
    with pytest.raises(InputError, match="no config file and no preset"):
        load_config("synthetic-faces" * 40)


def test_extends_of_something_odd(tmp_path):
    for text in ("extends: [a]", "extends: {a: b}", "extends: null", "extends: 3"):
        (tmp_path / "c.yaml").write_text(text)
        with pytest.raises(InputError, match="no config file and no preset"):
            load_config(tmp_path / "c.yaml")
    (tmp_path / "list.yaml").write_text("[1]")
    (tmp_path / "c.yaml").write_text(f"extends: {tmp_path / 'list.yaml'}")
    with pytest.raises(InputError):
        load_config(tmp_path / "c.yaml", root="synthetic-faces")
