"""Parquet files on which polars aborts end in a clear error, as all other damage does."""

import re
import subprocess
import sys

import polars as pl
import pytest

from gcnlabel.annotations.table_file import open_table
from gcnlabel.errors import InputError


@pytest.fixture
def aborting(tmp_path):
    """A file whose page headers declare -17 values: an odd number is negative in Thrift's zigzag code."""
    path = tmp_path / "table.parquet"
    pl.DataFrame({"image": [f"{i}.jpg" if i % 3 else None for i in range(16)], "happy": [0, 1] * 8}).write_parquet(path)
    content, pages = re.subn(rb"\x2c\x15\x20", b"\x2c\x15\x21", path.read_bytes())
    assert pages
    path.write_bytes(content)
    return path


def test_polars_aborts_on_it(aborting):
    """Else the trial in a child can go."""
    code = "import sys, polars as pl; pl.read_parquet(sys.argv[1])"
    assert subprocess.run([sys.executable, "-c", code, aborting], capture_output=True).returncode < 0


def test_it_is_an_error_that_can_be_caught(aborting):
    with pytest.raises(InputError, match="is damaged: memory allocation"):
        open_table(aborting).scan()


def test_other_damage_keeps_its_message(tmp_path):
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1 this is none")
    with pytest.raises(InputError, match="no Parquet file"):
        open_table(path).scan()


def test_a_version_of_a_file_is_tried_once(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    calls, run = [], subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: calls.append(a) or run(*a, **k))
    for rows in (4, 4, 5):
        pl.DataFrame({"a": range(rows)}).write_parquet(path)
        for _ in range(2):
            assert open_table(path).scan().collect().height == rows
    assert 2 <= len(calls) <= 3  # twice where a clock is so coarse that the second file has the first one's time
