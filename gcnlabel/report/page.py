"""The shell of a page: one HTML file with its style, scripts and data inside, that asks the network for nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gcnlabel import __version__
from gcnlabel.decimals import decimal

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
UNSAFE = str.maketrans(
    {"'": r"\u0027", "<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}
)
"""Characters that could end a script, a comment or an attribute in single quotes, as JSON may write them."""


def render(template: str, **values: Any) -> Markup:
    """Return a template of this folder, filled; every value that is no ``Markup`` is escaped.

    Args:
        template: Name of a file in ``templates``.
        values: What it names.
    """
    from markupsafe import Markup

    return Markup(_environment().get_template(template).render(values))


def page(
    title: str,
    body: Markup,
    *,
    styles: str = "",
    script: str = "",
    data: Mapping[str, Any] | None = None,
    lead: str = "",
    connect: bool = False,
) -> str:
    """Return a page as one HTML text: heading, contents of ``<main>``, style, data and script.

    The browser itself is told to load nothing (a Content-Security-Policy); pictures are ``data:`` or ``blob:``.

    Args:
        title: Plain text.
        body: HTML of :func:`render`; a plain text is escaped.
        styles: CSS behind that of every page (``page.css`` names its colours).
        script: JavaScript, run when the page is there. Ours alone: what comes from a user goes into ``data``.
        data: Values for scripts: ``JSON.parse(document.getElementById("data").textContent)``.
        lead: Plain text under the heading.
        connect: Whether scripts may ask the server that the page came from.
    """
    from markupsafe import Markup

    style = (TEMPLATES / "page.css").read_text(encoding="utf-8") + styles
    return str(
        render(
            "page.html",
            title=title,
            lead=lead,
            body=body,
            style=Markup(style),
            script=Markup((TEMPLATES / "page.js").read_text(encoding="utf-8") + script),
            data=as_json({} if data is None else data),
            version=__version__,
            connect="'self'" if connect else "'none'",
        )
    )


def as_json(values: Any) -> Markup:
    r"""Return values as JSON that can stand in a script or between single quotes; NaN and infinite numbers are null.

    Example:
        >>> print(as_json({"</script>": float("nan")}))
        {"\u003c/script\u003e":null}
    """
    from markupsafe import Markup

    text = json.dumps(_finite(values), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(UNSAFE))


def _finite(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {str(key): _finite(value) for key, value in values.items()}
    if isinstance(values, list | tuple):
        return [_finite(value) for value in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["decimal"] = decimal
    return environment
