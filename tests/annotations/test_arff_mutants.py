"""Damaged ARFF and XML files end in a result or in one clear error, within seconds."""

import random
import time
import warnings
from contextlib import suppress

import numpy as np
import pytest

from gcnlabel.annotations import read_arff_splits
from gcnlabel.errors import InputError

MUTANTS = 300
SECONDS = 10
DENSE = rb"""% a comment
@relation 'dense: -C 2 -split-percentage 50'
@attribute 'b c' {0,1}
@attribute TAG_m\'usica {yes,no} % behind content
@attribute x numeric
@attribute "colour" {red, 'dark blue', "pale, grey"}
@attribute name string
@data
1,yes,1.5,'dark blue','a.wav'
0,no,?,red,"b.wav", {2}
?,yes,-2e3,"pale, grey",'c\'s.wav'
"""
SPARSE = rb"""@relation sparse
@attribute x numeric
@attribute y real
@attribute 'b c' {0,1}
@attribute TAG_m\'usica {0,1}
@data
{0 1.5, 2 1}
{1 -3,3 1}, {0.5}
{}
"""
XML = rb"""<?xml version="1.0" encoding="utf-8"?>
<labels xmlns="http://mulan.sourceforge.net/labels">
<label name="TAG_m\'usica"><label name="b c"></label></label>
</labels>
"""
PIECES = (
    *(b"'", b'"', b"\\", b"{", b"}", b",", b"%", b"?", b"\n", b"\r", b"\t", b"\0", b"@", b"@data\n", b"@attribute a "),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"99999999999999999999999", b"-1", b"1e999", b"nan", b"1_0", b"0 1, 0 1,"),
    *(b"<", b">", b"&a;", b'<!DOCTYPE l [<!ENTITY a "bb">]>', b"-C 9", b"{7}", b"relational", b"\xe2\x80\xa8"),
)


def fault(data, chance):
    """The same bytes cut, flipped, put in, left out or doubled."""
    at, to = sorted(chance.choices(range(len(data) + 1), k=2))
    short = min(to, at + 30)
    return chance.choice(
        (
            data[:at],
            data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            data[:at] + chance.choice(PIECES) + data[at:],
            data[:at] + data[short:],
            data[:short] + data[at:short] * chance.randint(1, 50) + data[short:],
        )
    )


def mutant(data, chance):
    for _ in range(chance.randint(1, 2)):
        data = fault(data, chance)
    return data


@pytest.mark.parametrize("kind", ["dense", "sparse", "xml", "test"])
def test_mutants(tmp_path, kind):
    chance, read = random.Random(kind), 0
    files = {"train": DENSE if kind == "dense" else SPARSE, "test": SPARSE, "xml": XML}
    damaged = {"dense": "train", "sparse": "train"}.get(kind, kind)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    names = {"train": tmp_path / "train"} if kind == "dense" else {n: tmp_path / n for n in ("train", "test")}
    for number in range(MUTANTS):
        (tmp_path / damaged).write_bytes(mutant(files[damaged], chance))
        started = time.perf_counter()
        with warnings.catch_warnings(), suppress(InputError):
            warnings.simplefilter("ignore")
            found = read_arff_splits(names, None if kind == "dense" else tmp_path / "xml")
            tags = found.targets["labels"]
            assert np.isin(tags[~np.isnan(tags)], (0, 1)).all(), number
            read += 1
        assert time.perf_counter() - started < SECONDS, number
    assert 0 < read < MUTANTS  # both happen


@pytest.mark.parametrize(
    "row",
    [
        "'" * 50_000,
        "{" * 50_000,
        "a " * 50_000,
        "," * 50_000,
        "\\" * 50_000,
        "'a\\" * 50_000,
        "{" + "0 1," * 50_000 + "}",
        "9" * 50_000 + ",1",
        "{" + "9" * 50_000 + " 1}",
    ],
)
def test_long_rows_end_soon(tmp_path, row):
    (tmp_path / "a.arff").write_text("@relation 'r: -C 1'\n@attribute t {0,1}\n@attribute x real\n@data\n" + row + "\n")
    started = time.perf_counter()
    with pytest.raises(InputError) as error:
        read_arff_splits({"a": tmp_path / "a.arff"})
    assert time.perf_counter() - started < SECONDS
    assert len(str(error.value)) < 1000


def test_a_name_for_each_row_does_not_fill_the_memory(tmp_path):
    names = [f"n{i}" for i in range(40_000)]
    head = f"@relation 'r: -C 1'\n@attribute t {{0,1}}\n@attribute id {{{','.join(names)}}}\n@data\n"
    (tmp_path / "a.arff").write_text(head + "\n".join(f"0,{name}" for name in names))
    with pytest.raises(InputError, match="'id' alone has 40000 values"):
        read_arff_splits({"a": tmp_path / "a.arff"})
