"""Text of users stays text in a page."""

import json
import math
from html.parser import HTMLParser

import pytest

from gcnlabel.report.page import as_json, page, render

HOSTILE = "</script><script>alert(1)</script><!-- ' \" & \u2028"


class Tags(HTMLParser):
    """Collects tags, attributes and the text of scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.attributes = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script":
            self.scripts.append(data)


def test_hostile_text_neither_ends_a_script_nor_becomes_a_tag():
    found = Tags(page(HOSTILE, HOSTILE, lead=HOSTILE, data={HOSTILE: [HOSTILE, math.nan, 1.5]}))
    assert found.tags.count("script") == 2
    assert json.loads(found.scripts[0]) == {HOSTILE: [HOSTILE, None, 1.5]}


def test_json_between_single_quotes_is_one_attribute():
    found = Tags(f"<p data-a='{as_json({'key': HOSTILE})}'>")
    assert found.tags == ["p"]
    assert json.loads(found.attributes[0][2]) == {"key": HOSTILE}


def test_templates_escape_what_is_no_markup():
    assert render("note.html", text="<b>") == '<p class="note">&lt;b&gt;</p>'


@pytest.mark.parametrize("connect", [False, True])
def test_a_page_names_nothing_to_load(connect):
    found = Tags(page("title", "body", connect=connect))
    assert not {"link", "iframe", "object", "embed", "base"} & set(found.tags)
    assert not [a for a in found.attributes if a[1] in ("src", "href") and not a[2].startswith(("#", "data:"))]
    policy = next(a[2] for a in found.attributes if a[1] == "content" and "default-src" in a[2])
    assert "default-src 'none'" in policy
    assert ("connect-src 'self'" in policy) == connect
