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
from words import whole_words

ROOT = Path(__file__).parents[2]
TUTORIALS = ROOT / "build" / "tutorials"
"""What ``make notebooks`` has made."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are written by no hand."""
    for address, content in {
        "reference/commands.md": commands_page(),
        "reference/configuration.md": configuration_page(),
        "reference/api.md": api_page(),
    }.items():
        files.append(File.generated(config, address, content=content))
    for file in sorted(TUTORIALS.glob("*")):
        address = f"tutorials/{file.name}"
        if file.name == "gallery.md":
            files.append(
                File.generated(config, "gallery.md", content=_pictures_below(file.read_text(encoding="utf-8")))
            )
        else:
            files.append(File.generated(config, address, abs_src_path=str(file)))
    return files


def on_page_content(html: str, **_: object) -> str:
    """Keep words of code whole."""
    return whole_words(html)


def _pictures_below(text: str) -> str:
    return text.replace("](gallery_", "](tutorials/gallery_")


def configuration_page() -> str:
    """Return the page on configuration of the examples, with links that hold on the site."""
    text = (ROOT / "examples" / "configuration.md").read_text(encoding="utf-8")
    text = text.replace("[your_own_parts](your_own_parts)", "[Parts of your own](../parts.md)")
    return re.sub(r"\[([^]]+)\]\((?!#)[^)]+\.yaml\)", r"`examples/\1`", text)  # no page of the site
