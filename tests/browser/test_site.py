"""The built site opens from a disk: every page on two widths, its links, its search. ``make docs`` builds it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parents[2] / "build" / "site"
FILES = sorted(path for path in SITE.rglob("*.html") if path.name != "404.html")
pytestmark = pytest.mark.skipif(not FILES, reason="no site: make docs")

UNREADABLE = """() => {
  const found = [];
  const scrolls = of => of && (/auto|scroll/.test(getComputedStyle(of).overflowX) || scrolls(of.parentElement));
  for (const each of document.querySelectorAll('.md-content *')) {
    const style = getComputedStyle(each), place = each.getBoundingClientRect();
    if (!place.width || style.visibility === 'hidden') continue;
    const said = `${each.tagName}: ${each.textContent.trim().slice(0, 40)}`;
    if (place.right > innerWidth + 1 && !scrolls(each.parentElement)) found.push(`sticks out: ${said}`);
    if (/hidden|clip/.test(style.overflowX) && each.scrollWidth > each.clientWidth + 1) found.push(`is cut: ${said}`);
    if (each.matches('td code, th code, .word') && !/[\\s-]/.test(each.textContent) && each.getClientRects().length > 1)
      found.push(`is broken: ${said}`);
  }
  return found;
}"""
"""Elements that stick out of the window, hide some of their text, or are words of code on two lines."""


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


def test_on_a_telephone_nothing_is_cut_off_or_broken(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in FILES:
        page.goto(path.as_uri())
        assert page.evaluate(UNREADABLE) == [], path


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p style='width: 500px'>wide</p>", ["sticks out: P: wide"]),
        ("<p style='overflow: hidden; width: 20px; white-space: nowrap'>long text</p>", ["is cut: P: long text"]),
        (
            "<code class=word style='display: inline; word-break: break-all'>" + "a" * 90,
            ["is broken: CODE: " + "a" * 40],
        ),
        ("<div style='overflow: auto'><p style='width: 500px'>wide</p></div>", []),
    ],
)
def test_what_cannot_be_read_is_seen(page, tmp_path, body, found):
    (tmp_path / "page.html").write_text(f"<!doctype html><main class=md-content>{body}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate(UNREADABLE) == found


def test_search_finds_pages_without_a_server(page):
    page.goto((SITE / "index.html").as_uri())
    page.click("input.md-search__input")
    page.keyboard.type("threshold")
    page.wait_for_selector(".md-search-result__item")
    assert page.locator(".md-search-result__item").count() > 2
