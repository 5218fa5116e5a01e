"""Long ARFF rows and long lists of values end in one clear error, within seconds."""

import time

import pytest

from gcnlabel.annotations import read_arff_splits
from gcnlabel.errors import InputError

SECONDS = 10


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
