"""Test with the lowest versions that setup.cfg allows: make test-lowest.

The environment is build/lowest-*/ (6 GB with torch for CUDA, two to three minutes to install); what it is made of
is written to build/lowest-constraints.txt. With GCNLABEL_LOWEST_ALL=1 every interpreter from 3.10 to 3.13 is tried, and
those that are not installed are named.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
EXTRAS = ("pandas", "sklearn")
"""What the selected tests need beside the package's own requirements."""
SELECTED = ("tasks", "annotations", "statistics", "graph", "transforms", "nn", "losses", "metrics")
"""Folders of tests that are run: what the bounds are about, without long trainings."""
LEFT_OUT = {
    "losses/test_aggregators.py": "needs the extra torchjd",
    "statistics/test_cluster.py": "needs the extra dask",
    "statistics/test_streaming.py": "needs the extra dask",
    "statistics/ranks/test_class_ranks.py": "its reference, SciPy 1.13, calls a defined rank correlation undefined",
}
"""Tests of those folders that are not run -> why."""
LONGEST = 1500
"""Seconds after which the tests count as failed."""


def bounds() -> list[str]:
    """Return each lower bound of the package's requirements as an exact version.

    >>> bounds()[0]
    'torch==2.9'
    """
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = settings["options"]["install_requires"].split()
    lines += [line for name in EXTRAS for line in settings["options.extras_require"][name].split()]
    found = [re.fullmatch(r"([\w.-]+)>=([\d.]+)", line) for line in lines]
    return [f"{one[1]}=={one[2]}" for one in found if one]


def main() -> None:
    """Install and test, with each interpreter."""
    BUILD.mkdir(exist_ok=True)
    constraints = BUILD / "lowest-constraints.txt"
    constraints.write_text("\n".join([*bounds(), ""]), encoding="utf-8")
    failed = [name for name in interpreters() if not tested(name, constraints)]
    sys.exit(f"failed with {', '.join(failed)}" if failed else 0)


def interpreters() -> list[str]:
    """Return this interpreter, and those that are asked for and found."""
    if not os.environ.get("GCNLABEL_LOWEST_ALL"):
        return [sys.executable]
    names = [f"python3.{minor}" for minor in range(10, 14)]
    for name in names:
        if not shutil.which(name):
            print(f"skipped: {name} is not installed")
    return list(filter(shutil.which, names))


def tested(python: str, constraints: Path) -> bool:
    """Return whether the selected tests pass in an environment of the lowest versions."""
    place = BUILD / f"lowest-{Path(python).name}"
    own = place / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", place], check=True)
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", constraints]
    subprocess.run([*pip, "--editable", f"{ROOT}[{','.join(EXTRAS)}]", "pytest>=8.2", "hypothesis"], check=True)
    tests = [path for name in SELECTED if (path := ROOT / "tests" / name).is_dir()]
    settings = [
        "-o",
        "filterwarnings=",
        "-o",
        "addopts=",
        "-m",
        "not slow and not browser",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ignored = [f"--ignore={ROOT / 'tests' / name}" for name in LEFT_OUT]
    print(*(f"left out: {name}: {why}" for name, why in LEFT_OUT.items()), sep="\n", flush=True)
    command = [own, "-m", "pytest", *settings, *ignored, *tests]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, timeout=LONGEST).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    main()
