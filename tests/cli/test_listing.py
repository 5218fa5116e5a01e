"""A command is a file, of the core or of a wing: nothing lists it."""

import pytest
from click.testing import CliRunner

from gcnlabel.cli import listing, main
from gcnlabel.cli.listing import command_files, summary

COMMAND = '''"""Say hello."""
import click
raise_when_listed = {raises}
@click.command()
def say_hello() -> None:
    """Say it."""
    click.echo("hello")
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with one command, of a wing."""
    folder = tmp_path / "mine" / "faces" / "commands"
    folder.mkdir(parents=True)
    for place in (folder, folder.parent, folder.parents[1]):
        (place / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(listing, "ROOT", tmp_path / "mine")
    command_files.cache_clear()
    yield folder
    command_files.cache_clear()


def test_a_file_of_a_wing_is_a_command(package):
    (package / "say_hello.py").write_text(COMMAND.format(raises="None"))
    assert list(command_files()) == ["say-hello"]
    assert CliRunner().invoke(main, ["say-hello"]).output == "hello\n"
    assert CliRunner().invoke(main, ["say-goodbye"]).exit_code == 2


def test_it_is_listed_without_being_imported(package):
    (package / "say_hello.py").write_text(COMMAND.format(raises="1 / 0"))
    result = CliRunner().invoke(main, ["--help"])
    assert (result.exit_code, "say-hello  Say hello." in result.output) == (0, True)


def test_every_command_says_in_its_first_line_what_it_does():
    assert len(command_files()) > 10
    for path in command_files().values():
        assert summary(path).endswith("."), path
        assert "gcnlabel" not in summary(path)
