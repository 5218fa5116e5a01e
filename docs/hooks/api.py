"""The page on the API: what each stage of the package exports, in the order of the data, from docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "gcnlabel"
STAGES = {
    "tasks": "What is predicted: classes, tags and dimensions.",
    "annotations": "Readers of tables, lists and data sets.",
    "statistics": "How labels depend on each other, measured.",
    "embeddings": "A vector for each label.",
    "graph": "The label graph, and the recipe that makes it.",
    "transforms": "From a statistic to a propagation matrix.",
    "nn": "Heads, backbones, models.",
    "losses": "A loss for each task, and how they become one.",
    "metrics": "What is measured, over a whole split.",
    "sources": "Where annotations and inputs of a run come from.",
    "training": "Lightning module, data module, ensembles.",
    "estimators": "scikit-learn's interface.",
    "figures": "Figures, each with its numbers.",
    "errors": "What is raised for unusable input.",
}


def api_page() -> str:
    """Return the page, as directives of mkdocstrings."""
    parts = ["# API", "Every name below is imported from its stage: `from gcnlabel.graph import LabelGraph`."]
    for stage, about in STAGES.items():
        parts += [f"## gcnlabel.{stage}", about]
        parts += [f"::: {path}\n    options:\n      heading_level: 3" for path in exported(stage)]
    return "\n\n".join(parts) + "\n"


def exported(stage: str) -> Iterator[str]:
    """Yield where each name that a stage exports is defined."""
    for file in (PACKAGE / stage / "__init__.pyi", PACKAGE / stage / "__init__.py", PACKAGE / f"{stage}.py"):
        if file.is_file():
            yield from _imported(file) if file.parent.name == stage else [f"gcnlabel.{stage}.InputError"]
            return


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gcnlabel."):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not alias.name.isupper())
