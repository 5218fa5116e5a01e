"""How large and how entangled is the package? Lines, long files and functions, imports, questions for types of tasks.

Run as ``python benchmarks/structure.py [FOLDER]``; it prints a table in Markdown. Nothing is imported: the sources are
read. ``tests/test_structure.py`` holds the limits.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "gcnlabel"
MAX_FILE, MAX_FUNCTION, MAX_CHAIN = 200, 40, 25
TASK_TYPES = {"Categorical", "MultiLabel", "Dimensional"}
TYPE_NAMES = {"categorical", "multilabel", "dimensional"}

Sources = dict[str, tuple[Path, ast.Module]]


def sources(package: Path = PACKAGE) -> Sources:
    """Return the file and the syntax tree of every module, by its dotted name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def file_lines(modules: Sources) -> dict[str, int]:
    """Return the lines of each file, stubs too."""
    files = {name: path for name, (path, _) in modules.items()}
    files |= {f"{name} (stub)": stub for name in modules if (stub := _stub(name, modules)).exists()}
    return {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in files.items()}


def function_lines(modules: Sources) -> dict[str, int]:
    """Return the lines of each function, decorators left out."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, (_, tree) in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def asks_for_task_types(modules: Sources) -> list[str]:
    """Return where code outside ``tasks`` asks which type a task has: ``isinstance``, ``type()`` or its name."""
    return [
        f"{name}:{node.lineno}"
        for name, (_, tree) in modules.items()
        if name.split(".")[1:2] != ["tasks"]
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.match_case) and _asks(node)
    ]


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("isinstance", "issubclass") and len(node.args) == 2:
            return bool(_names(node.args[1]) & TASK_TYPES)
        return node.func.id == "type" and any(name in ("task", "tasks") for name in _names(node))
    if isinstance(node, ast.Compare):
        return any(isinstance(n, ast.Constant) and n.value in TYPE_NAMES for n in ast.walk(node))
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Attribute) and node.slice.attr == "type"
    if isinstance(node, ast.Dict):
        return any(key is not None and bool(_names(key) & TASK_TYPES) for key in node.keys)
    return False


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }


def imports(modules: Sources) -> dict[str, set[str]]:
    """Return the modules of the package that each imports when it is imported itself.

    A name of a lazy package (:mod:`gcnlabel.lazy`) is imported from the module that its stub names.
    """
    return {name: set(_imported(name, path, tree, modules)) for name, (path, tree) in modules.items()}


@cache
def _origins(stub: Path) -> dict[str, str]:
    """Return name -> module of a package's stub."""
    body = ast.parse(stub.read_text(encoding="utf-8")).body if stub.exists() else []
    return {a.name: str(node.module) for node in body if isinstance(node, ast.ImportFrom) for a in node.names}


def _home(origin: str, name: str, modules: Sources) -> str:
    """Return the module that ``from origin import name`` imports."""
    if f"{origin}.{name}" in modules and origin in modules and name not in _origins(_stub(origin, modules)):
        return f"{origin}.{name}"
    further = _origins(_stub(origin, modules)).get(name) if origin in modules else None
    return origin if further is None else _home(further, name, modules)


def _stub(module: str, modules: Sources) -> Path:
    return modules[module][0].with_suffix(".pyi")


def _imported(name: str, path: Path, tree: ast.Module, modules: Sources) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _at_import(tree.body):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            targets = [_home(origin, alias.name, modules) for alias in node.names]
        yield from (target for target in targets if target in modules and target != name)


def _at_import(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run with a module: none in functions, none for type checkers alone."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in _names(node.test):
            yield from _at_import(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            yield from _at_import([n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)])


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, or none."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def longest_chain(graph: dict[str, set[str]]) -> list[str]:
    """Return the longest chain of modules of which each imports the next; there must be no circle."""

    @cache
    def below(name: str) -> list[str]:
        return [name, *max(map(below, sorted(graph[name])), key=len, default=[])]

    return max(map(below, graph), key=len)


def table(modules: Sources) -> str:
    """Return what was measured as a table in Markdown."""
    files, functions, graph = file_lines(modules), function_lines(modules), imports(modules)
    round_trip = circle(graph)
    rows = {
        "lines of the package": sum(files.values()),
        "files (median lines)": f"{len(files)} ({statistics.median(files.values()):g})",
        "functions (median lines)": f"{len(functions)} ({statistics.median(functions.values()):g})",
        f"files > {MAX_FILE} lines": sum(lines > MAX_FILE for lines in files.values()),
        f"functions > {MAX_FUNCTION} lines": sum(lines > MAX_FUNCTION for lines in functions.values()),
        "questions for the type of a task outside tasks": len(asks_for_task_types(modules)),
        "import circle": " > ".join(round_trip) or "none",
        "longest import chain": "-" if round_trip else len(longest_chain(graph)),
    }
    return "\n".join(["| measure | value |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in rows.items())])


if __name__ == "__main__":
    print(table(sources(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE)))
