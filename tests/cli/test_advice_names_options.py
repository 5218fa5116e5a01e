"""Options and config keys that messages name are there."""

import ast
import re
from pathlib import Path

import click
import pytest
from part_settings import models_in

import gcnlabel
from gcnlabel.cli import main
from gcnlabel.cli.listing import command_files
from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph

PACKAGE = Path(gcnlabel.__file__).parent
COMMANDS = command_files()
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
ELSEWHERE = {
    "--nthreads",  # of `dask worker`
    "--debug",
    "--nnodes",
    "--nproc-per-node",
    "--rdzv-backend",
    "--rdzv-endpoint",  # of gcnlabel itself; of torchrun
    "--unseen",
    "--positives",  # as they were called before
    "--c",  # colours of a page, --c0 to --c7
    "--from-",  # the beginning of several
}


def options_of(command):
    found = main.get_command(click.Context(main), command)
    return {
        option
        for parameter in found.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    } | {"--help"}


OPTIONS = {command: options_of(command) for command in COMMANDS}


def texts_of(path):
    """Line and text of every string of a module that is no docstring; fields of an f-string become ``{}``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes, parts = list(ast.walk(tree)), set()
    for node in nodes:
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            parts.add(id(body[0].value))
        if isinstance(node, ast.JoinedStr):
            parts |= {id(value) for value in node.values}
    for node in nodes:
        if id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


MESSAGES = [
    (f"{path.relative_to(PACKAGE)}:{line}", text)
    for path in sorted(PACKAGE.rglob("*.py"))
    for line, text in texts_of(path)
]


@pytest.mark.parametrize(("where", "text"), [(w, t) for w, t in MESSAGES if OPTION.search(t)])
def test_every_option_that_a_text_names_is_there(where, text):
    known = set().union(*OPTIONS.values()) | ELSEWHERE
    assert set(OPTION.findall(text)) <= known


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_follows_a_command_is_its_own(command):
    """As in ``build-graph --missing NA`` or ``(build-graph: --split all)``, up to the end of that part of the text."""
    for where, text in MESSAGES:
        for part in re.findall(rf"(?<![\w-]){command}:?((?: [^;,()\n]*?)?--[^;()\n]*)", text):
            if not re.match(r":? *(\S+ )*?--", part):
                continue
            rest = re.split(rf"\b(?:{'|'.join(set(COMMANDS) - {command})})\b", part)[0]
            assert set(OPTION.findall(rest)) <= OPTIONS[command], (where, part)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_module_of_a_command_names_its_own_options(command):
    module = COMMANDS[command]
    for line, text in texts_of(module):
        if "Examples" not in text and not re.search(rf"\b({'|'.join(set(COMMANDS) - {command})}) --", text):
            assert set(OPTION.findall(text)) <= OPTIONS[command], (module.name, line)


def is_key(models, levels):
    """Whether one of the models, or of what a mapping of free keys holds, knows these levels."""
    if not levels:
        return True
    for model in models:
        if levels[0] in model.model_fields:
            field = model.model_fields[levels[0]]
            inner = models_in(field)
            rest = levels[2:] if "dict[" in str(field.annotation) and len(levels) > 1 else levels[1:]
            if not rest or is_key(inner, rest):
                return True
    return False


SECTIONS = [name for name, field in Config.model_fields.items() if models_in(field)]
KEY = re.compile(rf"(?<![\w./{{}}-])({'|'.join(SECTIONS)})((?:\.(?:[a-z_]+|{{}}))+)(?![\w(./])")
FILES = r".*\.(csv|onnx|safetensors|pt|yaml|npz|npy|js)"
A_GRAPH = LabelGraph.from_dense([[0, 1], [0, 0]], ["a", "b"])


@pytest.mark.parametrize(
    ("where", "text"), [(w, t) for w, t in MESSAGES if KEY.search(t) and (" " in t or t.startswith("--"))]
)
def test_every_key_of_a_config_that_a_text_names_is_there(where, text):
    for section, rest in KEY.findall(text):
        key = section + rest
        of_python = section == "graph" and hasattr(A_GRAPH, rest.split(".")[1])
        if not (of_python or re.fullmatch(FILES, key) or "{}" in key):
            assert is_key([Config], key.split(".")), key
