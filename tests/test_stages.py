"""The package reads in one order: a stage imports only the stages before it."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import gcnlabel

PACKAGE = Path(gcnlabel.__file__).parent
ORDER = (
    "lazy",
    "errors",
    "settings",
    "code",
    "registry",
    "text_registry",
    "stopping",
    "files",
    "processes",
    "optional",
    "text_encoder",
    "progress",
    "decimals",
    "pickles",
    "tasks",
    "annotations",
    "statistics",
    "embeddings",
    "transforms",
    "graph",
    "inspection",
    "constants",
    "units",
    "calibration",
    "precision",
    "nn",
    "distributed",
    "ccc",
    "losses",
    "metrics",
    "data",
    "sources",
    "figures",
    "training",
    "config",
    "devices",
    "encoding",
    "run",
    "estimators",
    "prediction",
    "export",
    "serving",
    "report",
    "cli",
    "faces",
    "studies",
    "papers",
    "__main__",
)
WINGS = ("faces", "studies", "papers")
HEAVY = ("torch", "torch_geometric", "torchvision", "lightning", "torchmetrics", "scipy", "matplotlib", "polars")


def imported_stages(source, package):
    """Stages that a module of ``package`` imports, anywhere in it, with the line of each."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*parent, *([node.module] if node.module else [])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root == "gcnlabel" and rest and rest != "__version__":
                yield rest.split(".")[0], node.lineno


def modules():
    """Path, package and stage of every module of gcnlabel but its root."""
    for path in sorted({*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")}):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",):
            yield path, ".".join(["gcnlabel", *parts[:-1]]), parts[0]


def test_every_module_belongs_to_a_stage():
    unknown = sorted({stage for _, _, stage in modules()} - set(ORDER))
    assert not unknown, f"new stages {unknown}: say in ORDER where they stand"


def test_a_stage_imports_only_stages_before_it():
    wrong = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {stage} imports {other}"
        for path, package, stage in modules()
        for other, line in imported_stages(path.read_text(encoding="utf-8"), package)
        if stage in ORDER and other not in ORDER[: ORDER.index(stage) + 1]
    ]
    assert not wrong, "\n".join(wrong)


def test_how_imports_are_found():
    source = """
import torch, gcnlabel.nn as nn
from gcnlabel import __version__, cli
from gcnlabel.graph import LabelGraph
from . import threshold
from .top_k import TopK
from ..losses import masked
def f():
    import gcnlabel.run.build
"""
    found = imported_stages(source, "gcnlabel.transforms")
    assert sorted(found) == [
        ("cli", 3),
        ("graph", 4),
        ("losses", 7),
        ("nn", 2),
        ("run", 9),
        ("transforms", 5),
        ("transforms", 6),
    ]


@pytest.mark.parametrize(
    "program",
    [
        "import gcnlabel",
        "import gcnlabel.cli",
        "from gcnlabel.cli import main; main(['--help'], standalone_mode=False)",
        "from gcnlabel.cli import main; main(['prepare', '--help'], standalone_mode=False)",
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(program):
    if "cli" in program and importlib.util.find_spec("gcnlabel.cli") is None:
        pytest.skip("gcnlabel.cli does not exist")
    check = f"{program}; import sys; print('loaded:', [m for m in {HEAVY} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "loaded: []"
