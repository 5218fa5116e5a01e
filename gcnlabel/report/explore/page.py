"""The page of a label graph as HTML."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from gcnlabel.report.explore.content import Content
from gcnlabel.report.page import page

FOLDER = Path(__file__).parent
SCRIPTS = ("graph", "words", "layout", "scene", "painting", "state", "drawing", "matrix", "labels", "controls")
"""Scripts of the page in order; those before ``state`` contain only pure functions."""


def explore_page(content: Content) -> str:
    """Return the page as self-contained HTML.

    Raises:
        InputError: There are too many labels, or no convention can be used.
    """
    return page(
        content.title,
        Markup(_text("body.html")),
        styles=_text("style.css"),
        script="\n".join(_text(f"{name}.js").replace('"use strict";\n', "") for name in SCRIPTS),
        data=content.plain(),
    )


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
