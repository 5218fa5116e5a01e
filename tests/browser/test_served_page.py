"""The page of a served run: its form answers, nothing comes from elsewhere, names are text."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
from pages import serious_faults
from small_runs import HOSTILE, train_runs

pytest.importorskip("fastapi", reason="fastapi is an extra")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train_runs(tmp_path_factory.mktemp("served"), [("run", ["model.head=linear"])])[0]


@contextmanager
def served(run):
    command = [sys.executable, "-m", "gcnlabel", "serve", str(run), "--port", "0", "--device", "cpu"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split(" at ")[1].split(": documentation")[0]
        finally:
            process.terminate()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_answers_and_has_no_faults(page, run, scheme):
    expect = pytest.importorskip("playwright.sync_api").expect  # no function of the page: its policy forbids eval
    page.emulate_media(color_scheme=scheme)
    with served(run) as url:
        page.goto(f"{url}/docs")
        assert f"curl {url}/predict" in page.inner_text("#curl")
        page.click("button")
        expect(page.locator("#answer")).to_contain_text("predictions")
        answer = json.loads(page.inner_text("#answer"))["predictions"]
        assert list(answer[0]["tags"]["probabilities"]) == list(HOSTILE)
        for label in HOSTILE:
            assert label in page.inner_text("table")
        assert serious_faults(page) == []
