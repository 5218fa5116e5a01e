"""How smooth is the page of ``gcnlabel explore``? Milliseconds from a moved slider to the new drawing, and sizes.

Run as ``python benchmarks/explore_page.py``; it needs Chromium and Playwright, and prints a table in Markdown. The
statistics are those of random blocks of labels, so that about a twentieth of all pairs are edges.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from gcnlabel.graph import GraphRecipe, graph_from_matrix
from gcnlabel.report.explore.content import Content, Made
from gcnlabel.report.explore.page import explore_page

SIZES = (16, 160, 500, 1000)
STEP = """(tau) => { const start = performance.now(); state.tau = tau; recompute();
    listeners.forEach((listen) => listen()); return performance.now() - start; }"""


def page_of(size: int) -> str:
    """Return a page of so many labels in blocks of about 20."""
    rng = np.random.default_rng(0)
    block = rng.integers(0, max(size // 20, 2), size)
    values = np.where(block[:, None] == block, rng.uniform(-0.2, 0.6, (size, size)), rng.normal(0, 0.03, (size, size)))
    raw = graph_from_matrix([f"label {i}" for i in range(size)], (values + values.T) / 2)
    shown = {"convention": "signed-weighted"}
    return explore_page(
        Content(title="t", raw=lambda recipe: raw, recipe=GraphRecipe(), shown=shown, made=Made(command="m.csv"))
    )


def main() -> None:
    """Measure and print."""
    print("| labels | page, MB | edges | arrange, ms | drawing, ms a step | heat map, ms a step |")
    print("| --- | --- | --- | --- | --- | --- |")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False, args=["--disable-gpu"])
        for size in SIZES:
            html = page_of(size)
            (Path(folder) / "page.html").write_text(html, encoding="utf-8")
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto((Path(folder) / "page.html").as_uri())
            edges = page.evaluate("graph.edges.weight.length")
            taus = [0.1 + 0.01 * k for k in range(10)]
            medians = {}
            for view in ("graph", "matrix"):
                page.click(f"#show-{view}")
                medians[view] = statistics.median(page.evaluate(STEP, tau) for tau in taus)
            page.click("#show-graph")
            page.evaluate(STEP, 0.1)
            arrange = page.evaluate(
                "() => { const start = performance.now(); arrange(); return performance.now() - start; }"
            )
            numbers = [f"{len(html) / 1e6:.1f}", edges, *(f"{ms:.0f}" for ms in (arrange, *medians.values()))]
            print("|", " | ".join(map(str, [size, *numbers])), "|")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
