"""A small part of the campaigns of ``make campaign``, and what counts the ends of their trials."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGNS = Path(__file__).parents[2] / "benchmarks" / "campaigns"
ENDS = """
import mmap, os, signal, sys, time
import warm
from gcnlabel.errors import InputError
from children import Limits
from trials import LostError, outcomes

def trial(number):
    if number == 1: raise InputError("no")
    if number == 2: raise KeyError("raw")
    if number == 3: os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4: time.sleep(10**6)
    if number == 10: time.sleep(2)
    if number == 13:
        while True: pass
    if number == 5: bytearray(2**33)
    if number == 6: raise LostError("gone")
    if number == 7: sys.exit(2)
    if number == 8: sys.exit(1)
    if number == 9: raise InputError("x" * 5000)

import json

ends = []
for number, outcome in outcomes(trial, range(14), Limits(seconds=1, wall=3)):
    time.sleep(0.05)  # others' messages wait meanwhile
    ends.append((number, outcome.end))
print(json.dumps(ends))
"""
SMALL = """
import sys
from functools import partial
from pathlib import Path
import warm, faults, kills, mutants
from jobs import JOBS
from record import Campaign, run

results = sys.argv[1]
quick = [name for name, kind in mutants.KINDS.items() if kind.count > 1000]
codes = [run("mutants", None, mutants.CAMPAIGNS, [*quick, "--trials", "12", "--results", results, "--processes", "2"])]
codes += [run("kills", None, kills.CAMPAIGNS, ["build-graph", "--trials", "6", "--results", results])]
_, fault, on_disk, _ = faults.FAULTS["rights"]
rights = {"rights": Campaign(partial(faults.begun, {"build-graph": JOBS["build-graph"]}, fault, on_disk), 3)}
codes += [run("faults", None, rights, ["--results", results])]
before = Path(results).read_bytes()
codes += [run("kills", None, kills.CAMPAIGNS, ["build-graph", "--trials", "6", "--results", results])]
sys.exit(max(codes) if Path(results).read_bytes() == before else "what was tried is tried again")
"""


def warmed(code, *words):
    """Run code in a process that has used nothing before it forks."""
    path = os.pathsep.join([str(CAMPAIGNS), str(CAMPAIGNS.parents[1])])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", code, *map(str, words)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False, env=environment)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return result.stdout


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="trials are processes of Linux")
def test_every_end_is_counted_as_what_it_is():
    ends = dict(json.loads(warmed(ENDS)))
    assert ends == {
        **dict.fromkeys((0, 10, 11, 12), "result"),
        **dict.fromkeys((1, 7), "clear error"),
        **dict.fromkeys((2, 8, 9), "traceback"),
        **dict.fromkeys((4, 13), "hang"),
        **{3: "signal", 5: "out of memory", 6: "lost or different"},
    }


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="trials are processes of Linux")
def test_a_small_part_of_each_campaign(tmp_path):
    warmed(SMALL, tmp_path / "results.json")
    found = json.loads((tmp_path / "results.json").read_text())
    assert all(of["tried"] == 12 for of in found["mutants"].values())
    assert found["kills"]["build-graph"]["result"] == 6
    assert found["faults"]["rights"]["tried"] == 3
