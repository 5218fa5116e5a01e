"""A headless Chromium for the tests of pages; they are skipped with the reason where there is none."""

import shutil

import pytest
from pages import watched

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser():
    """Chromium with a new profile, without a sandbox: it opens our own pages alone."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install -e '.[test]'")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium: install the distribution's package chromium to run this test")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, chromium_sandbox=False, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A new page that may open files and servers of this machine; afterwards, what went wrong in it fails the test.

    Errors on the console, uncaught exceptions and requests to anywhere else count.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    wrong = watched(context)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert not wrong, "\n".join(wrong)
