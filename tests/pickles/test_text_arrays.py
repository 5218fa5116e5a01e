"""Names as pandas keeps them since version 3: in arrays of text, its own or Arrow's."""

import pickle

import numpy as np
import pandas as pd
import pytest

from gcnlabel.errors import InputError
from gcnlabel.pickles import read_pickle
from gcnlabel.pickles.text_arrays import ArrowText, texts

NAMES = ["happy", "", "Überraschung", "traurig"]
STORAGES = ["python", pytest.param("pyarrow", marks=pytest.mark.skipif(pd.__version__ < "3", reason="other types"))]


def frame(storage, names=NAMES):
    kind = pd.StringDtype(storage, na_value=np.nan)
    rows, columns = (pd.Index(part, dtype=kind) for part in (names[::-1], names))
    return pd.DataFrame(np.arange(16.0).reshape(4, 4), index=rows, columns=columns)


def read(path, content, protocol=4):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return read_pickle(path)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_names_of_frames(tmp_path, storage, protocol):
    given = frame(storage)
    for part in (given, given.iloc[1:, ::2], given.iloc[::-1].T):
        found = read(tmp_path / "a.pkl", part, protocol)
        assert found.index == list(part.index)
        assert found.columns == list(part.columns)
        np.testing.assert_array_equal(found.values, part.to_numpy())


@pytest.mark.parametrize("storage", STORAGES)
def test_columns_of_text_are_no_numbers(tmp_path, storage):
    text = pd.DataFrame({"x": pd.array(["a", "b"], dtype=pd.StringDtype(storage, na_value=np.nan)), "y": [1.0, 2.0]})
    with pytest.raises(InputError, match="a frame that is not numeric"):
        read(tmp_path / "a.pkl", text)


@pytest.mark.skipif(pd.__version__ < "3", reason="other types")
def test_a_name_that_is_missing(tmp_path):
    with pytest.raises(InputError, match="with missing values"):
        read(tmp_path / "a.pkl", frame("pyarrow", ["a", "b", None, "c"]))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (("large_string", 2, 0, 0, [None, np.array([0, 1, 9]).tobytes(), b"ab"]), "longer than its data"),
        (("large_string", 2, 0, 0, [None, np.array([0, 2, 1]).tobytes(), b"ab"]), "longer than its data"),
        (("large_string", 2, 0, 0, [None, np.array([-1, 1, 2]).tobytes(), b"ab"]), "longer than its data"),
        (("large_string", 2**40, 0, 0, [None, np.array([0, 1, 2]).tobytes(), b"ab"]), "longer than its data"),
        (("large_string", 1, 0, 2**40, [None, np.array([0, 1, 2]).tobytes(), b"ab"]), "longer than its data"),
        (("large_string", 1, 0, 0, [None, b"123", b"ab"]), "cannot be read"),
        (("large_string", 1, 0, 0, [None, np.array([0, 1]).tobytes(), b"\xff"]), "cannot be read"),
        (("large_string", 1, 0, 0, [None, np.array([0, 1]).tobytes(), "ab"]), "another type"),
        (("int64", 1, 0, 0, [None, np.array([0, 1]).tobytes(), b"ab"]), "another type"),
        (("large_string", -1, 0, 0, [None, np.array([0, 1]).tobytes(), b"ab"]), "without content"),
        (("large_string", 1, 0, 0, None), "without content"),
    ],
)
def test_buffers_that_do_not_fit(state, message):
    with pytest.raises(InputError, match=message):
        texts(ArrowText(state))


def test_few_of_many_texts():
    starts = np.array([0, 1, 3, 6], dtype=np.int32).tobytes()
    assert texts(ArrowText(("string", 2, 0, 1, [None, starts, b"abbccc"]))) == ["bb", "ccc"]
    assert texts(ArrowText(("string", 0, 0, 0, [None, b"\0\0\0\0", None]))) == []
