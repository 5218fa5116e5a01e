"""How smooth is the page of ``gcnlabel explore``? Milliseconds from a moved slider to the new drawing, and sizes.

Run as ``python benchmarks/explore_page.py``; it needs Chromium and Playwright, prints a table in Markdown and writes
benchmarks/results/explore_page.json. The statistics are those of random blocks of labels, so that about a twentieth of
all pairs are edges. Medians of ten steps of the slider.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from gcnlabel.files import atomic_write
from gcnlabel.graph import GraphRecipe, graph_from_matrix
from gcnlabel.report.explore.content import Content, Made
from gcnlabel.report.explore.page import explore_page

RESULT = Path(__file__).parent / "results" / "explore_page.json"
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


def measured(browser: Browser, size: int, folder: Path) -> dict[str, float]:
    """Return what one page of so many labels needs."""
    html = page_of(size)
    (folder / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto((folder / "page.html").as_uri())
    found = {"page_mb": len(html) / 1e6, "open_ms": 1000 * (time.perf_counter() - start)}
    found["edges"] = page.evaluate("graph.edges.weight.length")
    taus = [0.1 + 0.01 * k for k in range(10)]
    for view in ("graph", "matrix"):
        page.click(f"#show-{view}")
        found[f"{view}_step_ms"] = statistics.median(page.evaluate(STEP, tau) for tau in taus)
    page.click("#show-graph")
    page.evaluate(STEP, 0.1)
    found["arrange_ms"] = page.evaluate(
        "() => { const start = performance.now(); arrange(); return performance.now() - start; }"
    )
    page.close()
    return found


def main() -> None:
    """Measure, print and write."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False, args=["--disable-gpu"])
        results = {str(size): measured(browser, size, Path(folder)) for size in SIZES}
        results = {"browser": browser.version, "processors": os.cpu_count(), "labels": results}
        browser.close()
    print("| labels | page, MB | opens, ms | edges | arrange, ms | drawing, ms a step | heat map, ms a step |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size, of in results["labels"].items():
        steps = (of[key] for key in ("open_ms", "edges", "arrange_ms", "graph_step_ms", "matrix_step_ms"))
        print("|", " | ".join([size, f"{of['page_mb']:.1f}", *(f"{value:.0f}" for value in steps)]), "|")
    with atomic_write(RESULT, overwrite=True) as temporary:
        temporary.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
