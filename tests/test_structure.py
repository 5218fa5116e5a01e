"""Limits of size and entanglement, as ``benchmarks/structure.py`` measures them."""

import ast
import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "structure.py"
SPEC = importlib.util.spec_from_file_location("structure", SCRIPT)
structure = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(structure)


@pytest.fixture(scope="module")
def modules():
    return structure.sources()


def test_files_are_short(modules):
    long = {name: lines for name, lines in structure.file_lines(modules).items() if lines > structure.MAX_FILE}
    assert not long


def test_functions_are_short(modules):
    long = {name: lines for name, lines in structure.function_lines(modules).items() if lines > structure.MAX_FUNCTION}
    assert not long


def test_only_tasks_know_the_types_of_tasks(modules):
    assert structure.asks_for_task_types(modules) == []


def test_no_module_imports_itself_by_others_and_no_chain_is_long(modules):
    graph = structure.imports(modules)
    assert structure.circle(graph) == []
    chain = structure.longest_chain(graph)
    assert len(chain) <= structure.MAX_CHAIN, " > ".join(chain)


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(task, Dimensional)",
        "isinstance(of['a'], (tasks.Categorical, MultiLabel))",
        "isinstance(task, Categorical | MultiLabel)",
        "{Categorical: 1}",
        "readers[type(task)]",
        "SCALE[task.type]",
        "task.type == 'multilabel'",
        "task.type in ('categorical', 'dimensional')",
    ],
)
def test_how_questions_for_a_type_are_found(code):
    assert structure.asks_for_task_types({"pkg.a": (Path(), ast.parse(code))})
    assert not structure.asks_for_task_types({"pkg.tasks.a": (Path(), ast.parse(code))})


@pytest.mark.parametrize("code", ["isinstance(x, TaskSet)", "f'a {task.type} task'", "Dimensional('a', ['x'])"])
def test_what_is_no_question_for_a_type(code):
    assert not structure.asks_for_task_types({"pkg.a": (Path(), ast.parse(code))})


def test_how_imports_are_followed(tmp_path):
    files = {
        "__init__.py": "",
        "a.py": "from pkg.b import f\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg import d\n",
        "b/__init__.py": "from .inner import f",
        "b/inner.py": "try:\n    import pkg.c\nexcept ImportError:\n    pass\ndef f():\n    from pkg import a",
        "c.py": "",
        "d.py": "from pkg import a",
    }
    for name, text in files.items():
        path = tmp_path / "pkg" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    graph = structure.imports(structure.sources(tmp_path / "pkg"))
    assert graph["pkg.a"] == {"pkg.b"}
    assert graph["pkg.b"] == {"pkg.b.inner"}
    assert graph["pkg.b.inner"] == {"pkg.c"}
    assert structure.longest_chain(graph) == ["pkg.d", "pkg.a", "pkg.b", "pkg.b.inner", "pkg.c"]
    graph["pkg.c"].add("pkg.a")
    assert set(structure.circle(graph)) == {"pkg.a", "pkg.b", "pkg.b.inner", "pkg.c"}
