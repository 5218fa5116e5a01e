"""Run the tutorials, and write each as a page with what its cells print and draw.

python docs/hooks/tutorials.py docs/tutorials/own_table.py build/tutorials/own_table.md     # make notebooks

A tutorial is a Python file of cells (jupytext's ``py:percent``): ``# %% [markdown]`` begins text, ``# %%`` begins code,
and a line ``# !gcnlabel ...`` is a command. Editors open it as it is; ``jupytext --to notebook`` makes a notebook.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

LIMIT = 120
"""Seconds that a tutorial may take."""
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)
WIDE = 700
"""Pixels from which a picture is not made as narrow as a telephone: it scrolls."""
LINES = 26
"""Longest output that is shown whole."""
COMMAND = re.compile(r"^# !((?:.*\\\n#)*.*)$", re.MULTILINE)


def cells(text: str) -> list[tuple[bool, str]]:
    r"""Return the cells of a tutorial: whether it is text, and what is in it.

    Example:
        >>> cells("# %% [markdown]\n# # Title\n# %%\n1 + 1\n")
        [(True, '# Title'), (False, '1 + 1')]
    """
    parts = CELL.split(text)[1:]
    found = []
    for kind, content in zip(parts[::2], parts[1::2], strict=True):
        is_text = "[markdown]" in kind
        content = re.sub(r"^# ?", "", content, flags=re.MULTILINE) if is_text else content
        found.append((is_text, content.strip()))
    return found


def page(source: Path, pictures: Path) -> str:
    """Return the page of a tutorial, run in an empty folder; figures are written beside it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    parts, begun, here = [], time.monotonic(), Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.path.insert(0, folder)
        for number, (is_text, content) in enumerate(cells(source.read_text(encoding="utf-8"))):
            parts += [content] if is_text else _ran(content, names, pictures / f"{source.stem}_{number}.png")
        os.chdir(here)
    seconds = time.monotonic() - begun
    if seconds > LIMIT:
        raise SystemExit(f"{source}: took {seconds:.0f} s, at most {LIMIT} are allowed")
    origin = (
        f"*Run in {seconds:.0f} s on a CPU when this site was built; the cells are in `docs/tutorials/{source.name}`.*"
    )
    return "\n\n".join([*parts, origin]) + "\n"


def _ran(code: str, names: dict[str, Any], picture: Path) -> list[str]:
    """Return a cell and its output, as Markdown."""
    command = COMMAND.search(code)
    if command:
        line = re.sub(r"\\\n# ?", r"\\\n", command[1])
        return [f"```sh\n{line}\n```", *_text(_called(line))]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        value = _value(code, names)
    shown = [f"```py\n{code}\n```", *_text(printed.getvalue())]
    if isinstance(value, Figure | Image.Image):
        save = value.savefig if isinstance(value, Figure) else value.save
        save(picture, **({"dpi": 150} if isinstance(value, Figure) else {}))
        with Image.open(picture) as drawn:
            kind = "{ .wide }" if drawn.width > WIDE else ""
        return [*shown, f"![What the cell above draws]({picture.name}){kind}"]
    return [*shown, *_text("" if value is None else str(value))]


def _value(code: str, names: dict[str, Any]) -> Any:
    """Run a cell, and return the value of its last line where that is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def _called(line: str) -> str:
    line = line.replace("gcnlabel ", f"{sys.executable} -m gcnlabel ", 1)
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"})
    if done.returncode:
        raise SystemExit(f"{line}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _text(output: str) -> list[str]:
    lines = [line.rstrip() for line in output.strip("\n").splitlines() if not line.startswith("Epoch ")]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 6], f"... {len(lines) - LINES} lines more ...", *lines[-6:]]
    return [f"```text\n{text}\n```"] if (text := "\n".join(lines).strip("\n")) else []


if __name__ == "__main__":
    tutorial, written = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    written.parent.mkdir(parents=True, exist_ok=True)
    content = page(tutorial, written.parent)
    written.write_text(content, encoding="utf-8")
