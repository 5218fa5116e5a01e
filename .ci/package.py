"""Build wheel and sdist, and try each in a fresh environment: make package.

Each environment sees the packages of the one that runs this, but not its gcnlabel; so nothing is downloaded for it.
Then each extra, and all together, are resolved (not installed) by pip.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "package"
PLACES = "import gcnlabel, pathlib; print(pathlib.Path(gcnlabel.__file__).parent)"
TRIED = (
    ("--help",),
    ("--version",),
    ("completion", "bash"),
    ("config", "head"),
    ("train", "synthetic-faces", "--output", "run", "--set", "training.epochs=1", "--set", "data.train=70",
     "--set", "data.val=70", "--set", "data.test=70"),
    ("figures", "run", "--output", "figures", "--format", "png"),
    ("report", "run", "--output", "report.html"),
    ("explore", "run/graph.safetensors", "--output", "graph.html"),
)  # fmt: skip


def main() -> None:
    """Build, install, try."""
    shutil.rmtree(BUILD, ignore_errors=True)
    built = [sys.executable, "-m", "build", "--outdir", BUILD / "dist", ROOT]
    subprocess.run(built, check=True, stdout=subprocess.DEVNULL)
    for file in sorted((BUILD / "dist").iterdir()):
        python = environment(BUILD / file.name.replace(".", "-"))
        pip(python, "--no-deps", file)
        check(python, file)
    extras(BUILD / "dist")


def environment(place: Path) -> Path:
    """Return the interpreter of a new environment that sees this one's packages."""
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / "bin" / "python"
    (own,) = place.glob("lib/python*/site-packages")
    (own / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def pip(python: Path, *words: str | Path) -> None:
    """Install, in an environment."""
    call = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(call, check=True)


def check(python: Path, file: Path) -> None:
    """Look for every file of the package, and call some commands from an empty folder."""
    away = python.parents[1] / "away"
    away.mkdir()
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"OMP_NUM_THREADS": "1"}
    found = subprocess.run([python, "-c", PLACES], cwd=away, env=clean, check=True, capture_output=True, text=True)
    there = Path(found.stdout.strip())
    if there == ROOT / "gcnlabel":
        sys.exit(f"{file.name}: it is the working copy that is imported")
    wanted = [path.relative_to(ROOT / "gcnlabel") for path in (ROOT / "gcnlabel").rglob("*") if path.is_file()]
    lacking = [str(path) for path in wanted if path.suffix != ".pyc" and not (there / path).is_file()]
    if lacking:
        sys.exit(f"{file.name} lacks {', '.join(lacking)}")
    for words in TRIED:
        done = subprocess.run([python.parent / "gcnlabel", *words], cwd=away, env=clean, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{file.name}: gcnlabel {' '.join(words)}\n{done.stdout}{done.stderr}")
    print(f"{file.name}: {len(wanted)} files are there, {len(TRIED)} commands work")


def extras(dist: Path) -> None:
    """Resolve each extra, and all together, in an environment that has the package's own requirements."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    names = list(settings["options.extras_require"])
    (wheel,) = dist.glob("*.whl")
    python = environment(BUILD / "extras")
    for several in (*names, ",".join(names)):
        pip(python, "--dry-run", f"{wheel}[{several}]")
        print(f"extra {several}: resolved")


if __name__ == "__main__":
    main()
