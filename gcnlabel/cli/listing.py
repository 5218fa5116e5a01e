"""List the commands: the files in the folders ``commands`` of the core and of the other parts of the package."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

import gcnlabel
from gcnlabel.registry import WINGS

ROOT = Path(gcnlabel.__file__).parent


@cache
def command_files() -> dict[str, Path]:
    """Return command name -> its file, in alphabetical order.

    Example:
        >>> command_files()["build-graph"].name
        'build_graph.py'
    """
    files = [path for home in ("cli", *WINGS) for path in (ROOT / home / "commands").glob("*.py")]
    return {
        path.stem.replace("_", "-"): path for path in sorted(files, key=lambda path: path.stem) if path.stem[0] != "_"
    }


def command_module(name: str) -> ModuleType:
    """Import and return the module of a command."""
    inner = command_files()[name].relative_to(ROOT.parent).with_suffix("")
    return importlib.import_module(".".join(inner.parts))


def summary(path: Path) -> str:
    """Return the first line of a module's docstring, without importing it."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
