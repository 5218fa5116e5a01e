"""Tutorials become pages: text as it is, code with what it prints and draws, commands with what they say."""

import importlib.util
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("tutorials", ROOT / "docs" / "hooks" / "tutorials.py")
tutorials = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tutorials)
SOURCE = """# %% [markdown]
# # Title
#
# Text.

# %%
from PIL import Image

print("printed")
1 + 1

# %%
# !echo one \\
#     two

# %%
Image.new("RGB", (3, 2))
"""


def test_a_tutorial_becomes_a_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.py").write_text(SOURCE)
    page = tutorials.page(tmp_path / "some.py", tmp_path)
    assert page.startswith("# Title\n\nText.\n\n```py\nfrom PIL")
    assert "```text\nprinted\n```\n\n```text\n2\n```" in page
    assert "```sh\necho one \\\n    two\n```\n\n```text\none two\n```" in page
    assert "](some_3.png)" in page
    with Image.open(tmp_path / "some_3.png") as drawn:
        assert drawn.size == (3, 2)
    assert Path.cwd() == tmp_path


def test_a_command_that_fails_ends_the_build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.py").write_text("# %%\n# !false\n")
    with pytest.raises(SystemExit, match="false"):
        tutorials.page(tmp_path / "some.py", tmp_path)


def test_long_output_is_cut_in_the_middle():
    (shown,) = tutorials._text("\n".join(map(str, range(100))))
    lines = shown.splitlines()
    assert len(lines) == tutorials.LINES + 3
    assert lines[1] == "0"
    assert lines[-2] == "99"


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "tutorials").glob("*.py")), ids=lambda path: path.stem)
def test_every_tutorial_begins_with_its_title_and_is_on_the_site(path):
    is_text, content = tutorials.cells(path.read_text())[0]
    assert is_text
    assert content.startswith("# ")
    assert f"{path.stem}.md" in (ROOT / "mkdocs.yml").read_text()
