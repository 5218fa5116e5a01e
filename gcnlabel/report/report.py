"""Write a report on runs as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from markupsafe import Markup

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import atomic_write
from gcnlabel.report.page import TEMPLATES, page, render
from gcnlabel.report.reading import ReportRuns
from gcnlabel.report.sections.data import data
from gcnlabel.report.sections.graph import graph
from gcnlabel.report.sections.mistakes import mistakes
from gcnlabel.report.sections.overview import comparison, overview, versions
from gcnlabel.report.sections.scores import confusions, curves, labels, precision_recall_curves, similarity
from gcnlabel.run.folder import RunFolder

SECTIONS: dict[str, tuple[str, Callable[[ReportRuns], Markup]]] = {
    "runs": ("Runs", overview),
    "comparison": ("Results", comparison),
    "labels": ("Labels", labels),
    "data": ("Data", data),
    "graph": ("Label graph", graph),
    "curves": ("Training", curves),
    "confusion": ("Confusion", confusions),
    "precision-recall": ("Precision and recall", precision_recall_curves),
    "similarity": ("Similarity", similarity),
    "mistakes": ("Worst mistakes", mistakes),
    "versions": ("Config and versions", versions),
}
"""Section id -> title and function that renders it, in order."""


def report_page(folders: Sequence[RunFolder], progress: Callable[[int, int], None] | None = None) -> str:
    """Return a report on runs of the same tasks as self-contained HTML.

    The page lists what cannot be read, with the reason. Code that a config names runs only for trusted folders.

    Args:
        folders: The runs.
        progress: Called with the number of finished sections and the number of sections.

    Raises:
        InputError: A folder has no run, or two runs have the same name or different tasks.

    Warns:
        GcnlabelWarning: Something cannot be shown.
    """
    runs = ReportRuns(folders)
    made = {}
    for k, (key, (title, section)) in enumerate(SECTIONS.items()):
        with runs.lacking.unless_damaged(title):
            made[key] = (title, section(runs))
        if progress is not None:
            progress(k + 1, len(SECTIONS))
    body = render(
        "report.html",
        sections={key: parts for key, parts in made.items() if parts[1].strip()},
        missing=runs.lacking.missing,
    )
    style, script = ((TEMPLATES / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return page(f"Report on {shorten(runs.names)}", body, styles=style, script=script)


def write_report(
    folders: Sequence[RunFolder],
    path: str | Path,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write :func:`report_page` to a file and return its path.

    Raises:
        InputError: As :func:`report_page`; or the file exists, does not end in ``.html``, or cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--output {path}", expected="a file name that ends in .html")
    with atomic_write(path, overwrite=overwrite) as temporary:
        temporary.write_text(report_page(folders, progress), encoding="utf-8")
    return path
