"""Mutants of good pickles: each is read, or is one clear message, in a process that lives on."""

import subprocess
import sys
from pathlib import Path

WORKER = """
import faulthandler, pickle, random, resource, sys, tempfile, time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))  # torch's libraries take their part of it

from gcnlabel.embeddings import read_label_arrays
from gcnlabel.errors import InputError
from gcnlabel.graph.published_pickles import counts_from_pickle, matrix_from_pickle
from gcnlabel.pickles import pickled_arrays, pickled_frame, read_pickle
from gcnlabel.tasks import MultiLabel, TaskSet

faulthandler.enable()
seed, count = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)
folder = Path(tempfile.mkdtemp())
TASKS = TaskSet([MultiLabel("t", ("cat", "dog"))])
adj = {"adj": np.array([[0, 1], [1, 0]]), "nums": np.array([4, 2])}
words = {"cat": np.ones(60, "f4"), "dog": [1.0] * 60}
torch.save(torch.ones(2, 3), folder / "torch.pkl")
torch.save({"cat": torch.ones(3), "dog": np.float64(2)}, folder / "old.pkl", _use_new_zipfile_serialization=False)
GOOD = [
    *(pickle.dumps(np.arange(120.0).reshape(2, 60), protocol) for protocol in (0, 2, 4)),
    *(pickle.dumps(value, protocol) for value in (adj, words, np.array(["a", "b"])) for protocol in range(6)),
    pickle.dumps(pd.DataFrame(np.eye(2), ["cat", "dog"], ["cat", "dog"])),
    pickled_arrays(adj),
    pickled_frame(np.eye(2), ["cat", "dog"]),
    *((folder / name).read_bytes() for name in ("torch.pkl", "old.pkl")),
]
SPLICED = [b"b", b"R", b"2", b"\\x85", b"O8", b"V8", b"\\xff" * 4, b"(", b"0"]
SPLICED += [b"cnumpy\\ndtype\\n", b"c_codecs\\nencode\\n"]


def mutant(content):
    content = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 5))):
        place = draw.randrange(len(content) + 1)
        kind = draw.randrange(5)
        if kind == 0 and place < len(content):
            content[place] = draw.randrange(256)
        elif kind == 1 and place < len(content):
            content[place] ^= 1 << draw.randrange(8)
        elif kind == 2:
            del content[place : place + draw.choice((1, 4, 40))]
        elif kind == 3:
            content[place:place] = draw.choice(SPLICED)
        else:
            start = draw.randrange(len(content) + 1)
            content[place:place] = content[start : start + draw.choice((1, 8, 60))]
    return bytes(content)


for content in GOOD:
    (folder / "good.pkl").write_bytes(content)
    read_pickle(folder / "good.pkl")
READERS = [
    read_pickle,
    lambda path: counts_from_pickle(path, TASKS),
    lambda path: matrix_from_pickle(path, TASKS),
    lambda path: read_label_arrays(path, TASKS.labels),
]
read = refused = 0
for number in range(count):
    path = folder / "mutant.pkl"
    path.write_bytes(mutant(draw.choice(GOOD)))
    start = time.perf_counter()
    for reader in READERS:
        try:
            reader(path)
            read += 1
        except InputError as error:
            refused += 1
            assert len(str(error)) < 2000, str(error)[:300]
        except BaseException as error:
            Path(sys.argv[3]).write_bytes(path.read_bytes())
            raise SystemExit(f"mutant {number} of seed {seed}: {type(error).__name__}: {error}")
    if time.perf_counter() - start > 20:
        raise SystemExit(f"mutant {number} of seed {seed} took {time.perf_counter() - start:.0f} s")
print(read, refused)
"""


def test_mutants_are_read_or_refused(tmp_path):
    """Four hundred of them, by four readers; a crash of the process is seen as one, and the mutant is kept."""
    kept = tmp_path / "mutant.pkl"
    command = [sys.executable, "-W", "ignore", "-c", WORKER, "0", "400", str(kept)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, f"{result.returncode}: {result.stdout[-500:]}{result.stderr[-2000:]} {_bytes(kept)}"
    read, refused = map(int, result.stdout.split())
    assert read + refused == 1600
    assert read > 20  # those that changed numbers alone


def _bytes(path: Path) -> str:
    return repr(path.read_bytes()[:2000]) if path.exists() else ""
