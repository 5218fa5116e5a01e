"""The report in a browser: alone, readable, sortable, searchable, with the numbers of the evaluation."""

import json
import re
from io import BytesIO
from unicodedata import normalize

import pytest
from pages import colours, serious_faults
from pypdf import PdfReader
from small_runs import train_runs

from gcnlabel.report.report import write_report
from gcnlabel.run import RunFolder

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return train_runs(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def address(runs, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    return write_report([RunFolder(run) for run in runs], path).as_uri()


def column(page, table, k):
    return (
        page.locator(table)
        .locator("tbody tr")
        .evaluate_all("(rows, k) => rows.map(row => row.children[k].dataset.value ?? row.children[k].textContent)", k)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_not_blank(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert colours(page) > 20
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_narrow_page_does_not_scroll_sideways(page, address):
    page.set_viewport_size({"width": 380, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_numbers_are_those_of_the_evaluation(page, address, runs):
    page.goto(address)
    for k, run in enumerate(runs):
        tasks = json.loads((run / "evaluation.json").read_text())["tasks"]
        expected = {f"{t}/{n}": v for t, values in tasks.items() for n, v in values.items() if isinstance(v, float)}
        names = page.locator("#metrics tbody tr").evaluate_all("rows => rows.map(row => row.dataset.metric)")
        shown = dict(zip(names, column(page, "#metrics", k + 1), strict=True))
        assert {name: float(value) for name, value in shown.items() if value} == pytest.approx(expected, rel=1e-12)


def test_tables_sort_by_keyboard_with_what_is_missing_last(page, address):
    page.goto(address)
    table = "table.of-labels >> nth=0"
    before = column(page, table, 1)
    page.locator(table).get_by_role("button", name="samples").focus()
    for order, down in (("descending", True), ("ascending", False)):
        page.keyboard.press("Enter")
        assert page.locator(table).locator("th[aria-sort]").get_attribute("aria-sort") == order
        assert column(page, table, 1) == sorted(before, key=float, reverse=down)


def test_search_shows_the_labels_with_the_text(page, address):
    page.goto(address)
    page.get_by_label("Search labels").fill("PLAIN")
    shown = page.locator("#labels [data-label]:visible").evaluate_all("rows => rows.map(row => row.dataset.label)")
    assert shown == ["plain"] * 3
    assert page.locator("#found").inner_text() == "4 rows"  # one of the table of the data too
    page.get_by_label("Search labels").fill("")
    assert page.locator("#labels [data-label]:visible").count() > 3


def test_charts_are_read_out_by_pointer_and_arrow_keys(page, address):
    page.goto(address)
    page.locator("[data-lines] svg[role=img]").first.hover()
    assert "epoch" in page.locator(".tip").inner_text()
    matrix = page.locator("#confusion [data-matrix] svg").first
    matrix.focus()
    page.keyboard.press("ArrowRight")
    said = page.locator(".tip").inner_text()
    assert said.splitlines()[0].startswith("annotated (samples): happy (")
    assert said.splitlines()[1] == "predicted: happy"
    count = page.locator("#confusion [data-matrix]").first.evaluate(
        "f => JSON.parse(f.dataset.matrix).values.split(' ')[0]"
    )
    assert said.splitlines()[2] == count
    page.keyboard.press("Escape")
    assert page.locator(".tip").is_hidden()


def test_a_label_of_the_graph_says_its_neighbours(page, address):
    page.goto(address)
    page.locator("[data-node]").first.focus()
    assert "receives from" in page.locator(".tip").inner_text()
    assert page.locator("[data-edge]:not(.faded)").count() > 0


def test_print_shows_everything_and_no_controls(page, address):
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#search").is_hidden()
    assert page.locator("details:not([open])").count() == 0
    assert len(page.pdf(format="A4")) > 20_000


def test_heads_of_tables_are_repeated_on_each_page(page, address):
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    metrics = page.locator("#metrics tbody th").all_inner_texts()
    sheets = PdfReader(BytesIO(page.pdf(format="A6"))).pages
    pages = [normalize("NFKC", sheet.extract_text()) for sheet in sheets]  # ligatures as letters
    first = next(k for k, text in enumerate(pages) if "All metrics of every run" in text)
    held = [text for text in pages[first:] if sum(metric in text for metric in metrics) > 2]
    assert len(held) > 1, "the table fits one page"
    assert all(re.search(r"^metric\b", text, re.MULTILINE) for text in held)


def test_nothing_is_cut_off_on_paper(page, address):
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 690, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    beyond = page.evaluate(
        "() => [...document.querySelectorAll('main table, main figure, main svg, main pre, main li')]"
        ".filter((e) => e.getBoundingClientRect().right > 691).map((e) => e.outerHTML.slice(0, 90))"
    )
    assert beyond == []
