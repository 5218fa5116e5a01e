"""What the pages say is so: their commands exist, their snippets run, their links lead somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from doc_pages import NAMES, ROOT, commands, fences, file_name, text_of
from users_folder import write_users_folder

from gcnlabel.cli import main
from gcnlabel.config import Config, load_config, parse_config
from gcnlabel.studies.tuning import read_space
from gcnlabel.tasks import TaskSet

SITE = [name for name in NAMES if not name.startswith("examples/") and name != "CHANGELOG.md"]


def of_kind(*languages):
    return [name for name in SITE if {language for language, _ in fences(name)} & set(languages)]


@pytest.mark.parametrize(("page", "line"), [(name, line) for name in NAMES for line in commands(name)])
def test_every_command_exists_with_its_options_and_choices(page, line):
    words = shlex.split(line.replace("...", "")) or ["--help"]
    if words[0].startswith("-"):
        return
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, line
    context = click.Context(command, info_name=words[0])
    given, _, _ = command.make_parser(context).parse_args(words[1:])
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and parameter.name in given:
            values = given[parameter.name]
            for value in values if isinstance(values, list) else [values]:
                parameter.type.convert(value, parameter, context)


@pytest.mark.parametrize(
    ("page", "block"), [(name, text) for name in SITE for language, text in fences(name) if language == "yaml"]
)
def test_every_config_and_every_declaration_of_tasks_is_read(page, block, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(ROOT / "examples" / "your_own_parts")
    content = yaml.safe_load(block)
    if file_name(block) == "search.yaml":
        (tmp_path / "search.yaml").write_text(block)
        assert set(read_space(tmp_path / "search.yaml", load_config("synthetic-faces"))) == set(content)
    elif "data" in content:
        assert isinstance(parse_config(content), Config)
    elif "tasks" in content:
        assert len(TaskSet.from_dict(content["tasks"]))
    else:  # a piece of a config
        base = {"tasks": "tasks.yaml", "data": {"source": "table", "annotations": "a.csv", "features": "f.npy"}}
        assert isinstance(parse_config({**base, **content}), Config)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", of_kind("python", "console"))
def test_snippets_and_commands_run_in_the_order_of_the_page(page, tmp_path, monkeypatch):
    write_users_folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict = {"__name__": "page"}
    for language, content in fences(page):
        if name := file_name(content):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(content)
        elif language == "python":
            exec(compile(content, page, "exec"), names)
        elif language == "console":
            for line in content.replace("\\\n", " ").splitlines():
                result = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
                assert result.exit_code == 0, f"{line}\n{result.output}"
    if page == "README.md":
        shapes = {name: list(score.shape) for name, score in names["scores"].items()}
        assert shapes == {"expression": [2, 7], "affect": [2, 2], "tags": [2, 3]}


@pytest.mark.parametrize("page", NAMES)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(page)):
        generated = page.startswith("docs/") and Path(target).name in ("commands.md", "configuration.md", "api.md")
        built = page.startswith("docs/") and ("tutorials/" in target or "gallery" in target)
        if not re.match(r"[a-z]+:", target) and not generated and not built:
            assert ((ROOT / page).parent / target).exists(), target


def test_the_readme_is_short_and_begins_with_the_two_commands():
    text = text_of("README.md")
    assert 9_000 < len(text.encode()) < 12_500
    first = next(content for _, content in fences("README.md"))
    assert [line.split()[1] for line in first.splitlines() if line.startswith("make")] == ["demo", "test"]


def test_questions_are_at_least_25():
    assert len(re.findall(r"^### .*\?", text_of("docs/questions.md"), re.MULTILINE)) >= 25
