"""What every page must be: without errors, on its own, accessible, and not blank."""

import io
from urllib.parse import urlsplit

import pytest
from PIL import Image


def watched(context):
    """Return a list that fills with what goes wrong in the pages of a browser context.

    Errors on the console, uncaught exceptions, and requests to anything but files and servers of this machine, which
    are also refused.
    """
    wrong = []
    context.route(lambda url: not _is_own(url), lambda route: route.abort())
    context.on("request", lambda request: _is_own(request.url) or wrong.append(f"request: {request.url}"))
    context.on("console", lambda said: said.type == "error" and wrong.append(f"console: {said.text}"))
    context.on("weberror", lambda error: wrong.append(f"exception: {error.error}"))
    context.on("page", lambda page: page.on("websocket", lambda socket: wrong.append(f"socket: {socket.url}")))
    return wrong


def _is_own(url):
    parts = urlsplit(url)
    return parts.scheme in ("file", "data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")


def serious_faults(page):
    """Return the serious and critical faults that axe-core finds in a page, with the elements that have them."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install -e '.[test]'")
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{fault['id']} ({fault['help']}): {' '.join(node['target'][0] for node in fault['nodes'])}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def colours(page):
    """Return the number of different colours of a screenshot; a blank page has one."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return len(picture.getcolors(picture.width * picture.height))
