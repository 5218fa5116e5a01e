"""A small part of the campaigns of ``make campaign``, and what counts the ends of their trials."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGNS = Path(__file__).parents[2] / "benchmarks" / "campaigns"
PARTS = """
import json, os, signal, sys, time
from functools import partial
from pathlib import Path
import warm, faults, kills, mutants
from children import Limits
from gcnlabel.errors import InputError
from jobs import JOBS
from record import Campaign, run, side_by_side
from trials import LostError, outcomes

folder = Path(sys.argv[1])
ARFF = ("arff-dense", "arff-sparse", "xml")

def trial(number):
    if number == 1: raise InputError("no")
    if number == 2: raise KeyError("raw")
    if number == 3: os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4: time.sleep(10**6)
    if number == 5: bytearray(2**33)
    if number == 6: raise LostError("gone")
    if number == 7: sys.exit(2)
    if number == 8: sys.exit(1)
    if number == 9: raise InputError("x" * 5000)
    if number == 10: time.sleep(2)
    if number == 13:
        while True: pass

def ends():
    found = {}
    for numbers, wall in (([4], 3), ([n for n in range(14) if n != 4], 300)):
        for number, outcome in outcomes(trial, numbers, Limits(seconds=1, wall=wall)):
            time.sleep(0.05)  # the next one has ended meanwhile
            found[number] = outcome.end if outcome.end != "hang" else outcome.detail
    (folder / "ends.json").write_text(json.dumps(found))
    return 0

def small():
    again = ["--results", str(folder / "results.json"), "--trials"]
    quick = [name for name, kind in mutants.KINDS.items() if kind.count > 1000]
    codes = [run("mutants", None, mutants.CAMPAIGNS, [*quick, *again, "6", "--processes", "2"])]
    codes += [run("mutants", None, mutants.CAMPAIGNS, [*ARFF, *again, "30"])]
    codes += [run("kills", None, kills.CAMPAIGNS, ["build-graph", *again, "4"])]
    _, fault, on_disk, _ = faults.FAULTS["rights"]
    rights = {"rights": Campaign(partial(faults.begun, {"build-graph": JOBS["build-graph"]}, fault, on_disk), 3)}
    codes += [run("faults", None, rights, again[:-1])]
    before = (folder / "results.json").read_bytes()
    codes += [run("kills", None, kills.CAMPAIGNS, ["build-graph", *again, "4"])]
    assert (folder / "results.json").read_bytes() == before, "what was tried is tried again"
    return max(codes)

sys.exit(max(side_by_side(lambda name: {"ends": ends, "small": small}[name](), ["ends", "small"], 2)))
"""
pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="trials are processes of Linux")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a process has worked that had used nothing before it forked."""
    folder = tmp_path_factory.mktemp("campaigns")
    path = os.pathsep.join([str(CAMPAIGNS), str(CAMPAIGNS.parents[1])])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", PARTS, str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False, env=environment)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return folder


def test_every_end_is_counted_as_what_it_is(folder):
    ends = {int(number): end for number, end in json.loads((folder / "ends.json").read_text()).items()}
    assert ends == {
        **dict.fromkeys((0, 10, 11, 12), "result"),
        **dict.fromkeys((1, 7), "clear error"),
        **dict.fromkeys((2, 8, 9), "traceback"),
        3: "signal",
        4: "silent for 3 s",
        5: "out of memory",
        6: "lost or different",
        13: "computed for 1 s",
    }


def test_a_small_part_of_each_campaign(folder):
    found = json.loads((folder / "results.json").read_text())
    assert {of["tried"] for of in found["mutants"].values()} == {6, 30}
    assert all(of["result"] and of["clear error"] for of in found["mutants"].values() if of["tried"] == 30)
    assert found["kills"]["build-graph"]["result"] == 4
    assert found["kills"]["build-graph"]["asked"] == 30
    assert found["faults"]["rights"]["tried"] == 3
