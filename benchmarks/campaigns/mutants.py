"""Mutants of every kind of file that is read: each ends in a result or in one clear error.

python benchmarks/campaigns/mutants.py                      # make campaign: every kind
python benchmarks/campaigns/mutants.py csv --trials 500
python benchmarks/campaigns/mutants.py csv --show 17        # the traceback of one
"""

from __future__ import annotations

import random
import shutil
import sys
from functools import partial
from pathlib import Path

import warm  # noqa: F401  (first: it says how many threads the others have)
from children import Limits, forked, said
from damage import mutant
from file_kinds import KINDS, FileKind
from record import Campaign, run
from trials import Trial

WARMING_UP = Limits(seconds=120)


def begun(name: str, kind: FileKind, folder: Path) -> Trial:
    """Write the good files, see that they can be read, both in a child, and return the trial.

    Raises:
        RuntimeError: A good file is refused.
    """
    good, place, log = folder / "good", folder / "trial", folder / "log"

    def damaged() -> list[Path]:
        return sorted(path.relative_to(good) for pattern in kind.damaged for path in good.glob(pattern))

    def copied_and_read(path: Path, seed: str | None) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(good, place)
        if seed is not None:
            (place / path).write_bytes(mutant((good / path).read_bytes(), seed))
        kind.read(place / path)

    def written_and_read() -> None:
        kind.write(good)
        for path in damaged():
            print(f"the good {path}:", flush=True)
            copied_and_read(path, None)

    good.mkdir()
    if forked(written_and_read, log, WARMING_UP) != 0:
        raise RuntimeError(f"{name}: {said(log)}")
    files = damaged()

    def trial(number: int) -> None:
        seed = f"{name} {number}"
        copied_and_read(random.Random(seed).choice(files), seed)

    return trial


CAMPAIGNS = {name: Campaign(partial(begun, name, kind), kind.count) for name, kind in KINDS.items()}

if __name__ == "__main__":
    sys.exit(run("mutants", __doc__, CAMPAIGNS))
