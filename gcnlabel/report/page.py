"""Template of self-contained HTML pages, with inlined style, scripts and data."""

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
"""JSON escapes of characters that could end a script, a comment or an attribute in single quotes."""


def render(template: str, **values: Any) -> Markup:
    """Return a rendered template; every value that is not ``Markup`` is escaped.

    Args:
        template: Name of a file in ``templates``.
        values: Variables of the template.
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
    """Return a page as HTML: heading, contents of ``<main>``, style, data and script.

    Its Content-Security-Policy forbids loading anything; images are ``data:`` or ``blob:`` URLs.

    Args:
        title: Title, as plain text.
        body: HTML from :func:`render`; plain text is escaped.
        styles: CSS that follows ``page.css``, which defines the colours.
        script: JavaScript, run when the page is loaded. It must be our own; user data goes into ``data``.
        data: Values for scripts: ``JSON.parse(document.getElementById("data").textContent)``.
        lead: Plain text below the heading.
        connect: Whether scripts may send requests to the page's server.
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
    r"""Return values as JSON that is safe in a script or a single-quoted attribute; NaN and infinity become null.

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
