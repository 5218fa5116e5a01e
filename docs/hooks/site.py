"""What the site is built from beside its pages: commands, configuration and the API, read from the package itself.

MkDocs calls these functions, see ``hooks`` in mkdocs.yml.
"""

from __future__ import annotations

import re
from pathlib import Path

from api import api_page
from commands import commands_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
ROLE = re.compile(r":(?:\w+:)?\w+:<code>~?(?:[\w.]*\.)?(\w+)(?:\(\))?</code>")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are written by no hand."""
    for address, content in {
        "reference/commands.md": commands_page(),
        "reference/configuration.md": configuration_page(),
        "reference/api.md": api_page(),
    }.items():
        files.append(File.generated(config, address, content=content))
    return files


def on_page_content(html: str, **_: object) -> str:
    """Show a role of a docstring, ``:class:`~package.Name```, as its name."""
    return ROLE.sub(r"<code>\1</code>", html)


def configuration_page() -> str:
    """Return the page on configuration of the examples, with links that hold on the site."""
    text = (ROOT / "examples" / "configuration.md").read_text(encoding="utf-8")
    return text.replace("[your_own_parts](your_own_parts)", "[Parts of your own](../parts.md)")
