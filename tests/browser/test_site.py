"""The built site opens from a disk: every page on two widths, its links, its search. ``make docs`` builds it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parents[2] / "build" / "site"
FILES = sorted(path for path in SITE.rglob("*.html") if path.name != "404.html")
pytestmark = pytest.mark.skipif(not FILES, reason="no site: make docs")


class Links(HTMLParser):
    """Links and places of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places = set(), {""}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places |= {given.get("id"), given.get("name") if tag == "a" else None}
        self.links |= {given.get("href") if tag == "a" else given.get("src")}


def test_links_within_the_site_lead_to_pages_and_places():
    pages = {path.resolve(): Links(path.read_text(encoding="utf-8")) for path in FILES}
    broken = []
    for path, page in pages.items():
        for link in filter(None, page.links):
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (target in pages and unquote(parts.fragment) not in pages[target].places):
                broken.append(f"{path.name}: {link}")
    assert not broken, "\n".join(broken)


def test_no_page_names_a_script_a_style_or_a_font_elsewhere():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=[\"']?https?:[^>]*", text), path
        assert not re.findall(r"<link[^>]*rel=[\"']?(?:stylesheet|preconnect)[^>]*https?:[^>]*", text), path


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_opens_and_does_not_scroll_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    for path in FILES:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").first.is_visible(), path


def test_search_finds_pages_without_a_server(page):
    page.goto((SITE / "index.html").as_uri())
    page.click("input.md-search__input")
    page.keyboard.type("threshold")
    page.wait_for_selector(".md-search-result__item")
    assert page.locator(".md-search-result__item").count() > 2
