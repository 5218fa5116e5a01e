"""Every benchmark can be started: what it imports is there."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_every_benchmark_imports_what_it_needs():
    names = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
    done = subprocess.run([sys.executable, "-c", IMPORTS, *names], capture_output=True, text=True, cwd=BENCHMARKS)
    assert done.returncode == 0, done.stderr
    assert len(names) > 10
