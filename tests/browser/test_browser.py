"""The checks of pages find what they are for."""

import pytest
from pages import colours, serious_faults, watched

PAGE = "<!doctype html><html lang=en><title>t</title><main><h1>title</h1>{}</main></html>"


def written(tmp_path, body):
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(body), encoding="utf-8")
    return path.as_uri()


def test_a_sound_page_has_no_fault(page, tmp_path):
    page.goto(written(tmp_path, "text"))
    assert serious_faults(page) == []
    assert colours(page) > 1


def test_faults_are_found(page, tmp_path):
    page.goto(written(tmp_path, '<img src="data:,x"><p style="color:#eee">pale text'))
    assert {text.partition(" ")[0] for text in serious_faults(page)} == {"image-alt", "color-contrast"}


def test_a_blank_page_has_one_colour(page, tmp_path):
    page.goto(written(tmp_path, "<style>main {display: none}</style>"))
    assert colours(page) == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<script>console.error('bad')</script>", "console: bad"),
        ("<script>throw new Error('bad')</script>", "exception: bad"),
        ("<script src='https://example.org/a.js'></script>", "request: https://example.org/a.js"),
        ("<link rel=stylesheet href='http://example.org/a.css'>", "request: http://example.org/a.css"),
        ("<script>new WebSocket('ws://127.0.0.1:9/a')</script>", "socket: ws://127.0.0.1:9/a"),
    ],
)
def test_what_goes_wrong_is_seen(browser, tmp_path, body, found):
    context = browser.new_context()
    wrong = watched(context)
    page = context.new_page()
    page.goto(written(tmp_path, body))
    page.wait_for_timeout(100)
    context.close()
    assert any(text.startswith(found) for text in wrong), wrong
