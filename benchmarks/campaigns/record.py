"""What the campaigns found, kept in one file: what stands there already is not tried again."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import select
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from children import Limits
from trials import ENDS, GOOD, Outcome, Trial, outcomes

from gcnlabel.files import atomic_write

RESULTS = Path(__file__).parent.parent / "results" / "campaigns.json"
SAVED_AFTER = 10
"""Seconds after which outcomes are written."""


class Campaign(NamedTuple):
    """Trials of one kind.

    Attributes:
        begin: Makes, in a folder, what the trials need, and returns the trial.
        count: Number of trials.
        limits: What each may take.
    """

    begin: Callable[[Path], Trial]
    count: int
    limits: Limits = Limits()


class Tally:
    """The outcomes of one kind, in a file that several processes write.

    Args:
        path: The file.
        family: Name of the script.
        kind: Name of the kind.
        asked: Number of trials of a whole campaign.
    """

    def __init__(self, path: Path, family: str, kind: str, asked: int) -> None:
        self.path, self.family, self.kind, self.asked = path, family, kind, asked
        self.counts: Counter[str] = Counter()
        self.failures: dict[int, Outcome] = {}
        found = _content(path).get(family, {}).get(kind, {})
        self.counts.update({end: found.get(end, 0) for end in ENDS})
        self.failures.update({int(number): Outcome(*given) for number, given in found.get("failures", {}).items()})

    @property
    def tried(self) -> int:
        """Number of trials."""
        return self.counts.total()

    def add(self, number: int, outcome: Outcome) -> None:
        """Count one, in place of an earlier failure of the same number."""
        earlier = self.failures.pop(number, None)
        if earlier is not None:
            self.counts[earlier.end] -= 1
        self.counts[outcome.end] += 1
        if outcome.end not in GOOD:
            self.failures[number] = outcome

    def save(self) -> None:
        """Write it, beside what others have written meanwhile."""
        with _alone(self.path.parent):
            content = _content(self.path)
            counts = {end: self.counts[end] for end in ENDS}
            failures = {str(number): list(outcome) for number, outcome in sorted(self.failures.items())}
            found = {"asked": self.asked, "tried": self.tried, **counts, "failures": failures}
            content.setdefault(self.family, {})[self.kind] = found
            with atomic_write(self.path, overwrite=True) as temporary:
                temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def line(self) -> str:
        """Return it as a line."""
        found = ", ".join(f"{count} {end}" for end in ENDS if (count := self.counts[end]))
        return f"{self.family} {self.kind}: {self.tried} of {self.asked} tried: {found or 'nothing'}"


def run(family: str, doc: str | None, campaigns: Mapping[str, Campaign], words: Sequence[str] | None = None) -> int:
    """Run the kinds that a command line names, and return 1 where a trial has failed.

    Args:
        family: Name of the script.
        doc: What it does.
        campaigns: Kind -> its trials.
        words: The command line; None for the script's own.
    """
    given = _command_line(doc, campaigns, words)
    names = given.kinds or list(campaigns)
    if given.show is not None:
        with TemporaryDirectory(prefix="gcnlabel-") as folder:
            print(campaigns[names[0]].begin(Path(folder))(given.show))
        return 0

    def one(name: str) -> int:
        campaign = campaigns[name]
        count = campaign.count if given.trials is None else given.trials
        tally = Tally(given.results, family, name, campaign.count)
        numbers = sorted(tally.failures) if given.again else list(range(tally.tried, count))
        if numbers:
            with TemporaryDirectory(prefix="gcnlabel-") as folder:
                os.environ["TMPDIR"] = tempfile.tempdir = folder  # what killed processes leave there goes with it
                _count(tally, campaign, Path(folder), numbers)
        print(tally.line(), flush=True)
        for number, outcome in list(tally.failures.items())[:20]:
            print(f"  seed {number}: {': '.join(outcome)}", flush=True)
        return int(bool(tally.failures))

    return max(side_by_side(one, names, given.processes))


def _command_line(
    doc: str | None, campaigns: Mapping[str, Campaign], words: Sequence[str] | None
) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(campaigns)}; none for all")
    parser.add_argument("--trials", type=int, help="number of trials of each kind, instead of its own")
    parser.add_argument("--again", action="store_true", help="try those that failed again, and nothing else")
    parser.add_argument("--show", type=int, metavar="SEED", help="one trial, here, with its traceback")
    parser.add_argument("--processes", type=int, default=1, help="kinds side by side")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of results")
    given = parser.parse_args(words)
    unknown = sorted(set(given.kinds) - set(campaigns))
    if unknown:
        parser.error(f"unknown kind {unknown[0]}; known: {', '.join(campaigns)}")
    return given


def side_by_side(work: Callable[[str], int], names: list[str], processes: int) -> list[int]:
    """Call a function with each name, in so many children at once, and return what they return."""
    codes: list[int] = []
    running: dict[int, int] = {}
    left = list(names)
    while left or running:
        while left and len(running) < processes:
            child = os.fork()
            if child == 0:
                _end_with(work, left[0])
            running[os.pidfd_open(child)] = child
            del left[0]
        for handle in select.select(list(running), [], [])[0]:
            codes.append(os.waitstatus_to_exitcode(os.waitpid(running.pop(handle), 0)[1]))
            os.close(handle)
    return [abs(code) for code in codes]


def _end_with(work: Callable[[str], int], name: str) -> None:
    code = 3
    try:
        code = work(name)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _count(tally: Tally, campaign: Campaign, folder: Path, numbers: list[int]) -> None:
    saved = time.monotonic()
    try:
        for number, outcome in outcomes(campaign.begin(folder), numbers, campaign.limits):
            tally.add(number, outcome)
            if time.monotonic() - saved > SAVED_AFTER:
                tally.save()
                saved = time.monotonic()
    finally:
        tally.save()


def _content(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
