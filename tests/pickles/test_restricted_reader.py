"""Pickles that were made to do harm: each is one clear message, quickly, and nothing in it is run."""

import codecs
import os
import pickle
import struct
import time
import zipfile

import numpy as np
import pandas as pd
import pytest
import torch

from gcnlabel.errors import InputError
from gcnlabel.pickles import Frame, load_torch, read_arrays, read_pickle


class Call:
    def __init__(self, function, *arguments, state=None):
        self.function, self.arguments, self.state = function, arguments, state

    def __reduce__(self):
        return (self.function, self.arguments) + (() if self.state is None else (self.state,))


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value


def dtype(name, fields=b"NNN"):
    return (
        b"cnumpy\ndtype\n("
        + text(name)
        + b"I00\nI01\ntR(K\x03"
        + text(b"<")
        + fields
        + b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    )


def array(shape, kind, data, name=b"ndarray"):
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\n"
        + name
        + b"\n(K\x00tC\x01btR(K\x01("
        + shape
        + b"t"
        + kind
        + b"I00\n"
        + data
        + b"tb"
    )


EIGHT = b"C\x08AAAAAAAA"
EVIL = {
    # numpy would take eight bytes of the file for a pointer
    "structured dtype with an object": b"cnumpy\nndarray\n((K\x01t"
    + dtype(b"V8", b"N(" + text(b"a") + b"t(" + text(b"a") + b"(" + dtype(b"O8") + b"K\x00tdu")
    + EIGHT
    + b"tR.",
    "object array of bytes": array(b"K\x01", dtype(b"O8"), EIGHT) + b".",
    "void": array(b"K\x01", dtype(b"V8"), EIGHT) + b".",
    "sub-array": array(b"K\x01", dtype(b"i8", b"(" + dtype(b"O8") + b"(K\x01ttNN"), EIGHT) + b".",
    "dates": array(b"K\x01", dtype(b"M8[us]"), EIGHT) + b".",
    "complex numbers": array(b"K\x01", dtype(b"c8"), EIGHT) + b".",
    "a scalar of objects": b"cnumpy.core.multiarray\nscalar\n(" + dtype(b"O8") + EIGHT + b"tR.",
    "a shape that the data do not fill": array(b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f", dtype(b"f8"), EIGHT) + b".",
    "a shape beyond 64 bits": array(b"L9999999999999999999999L\n", dtype(b"f8"), EIGHT) + b".",
    "a negative shape": array(b"J\xff\xff\xff\xff", dtype(b"f8"), EIGHT) + b".",
    "a shape of text": array(text(b"a"), dtype(b"f8"), EIGHT) + b".",
    "BUILD on a class": b"cnumpy\nndarray\n}" + text(b"x") + b"K\x01sb.",
    "BUILD on a function": b"cnumpy.core.multiarray\nscalar\n}" + text(b"x") + b"K\x01sb.",
    "BUILD on a dict": b"}}" + text(b"x") + b"K\x01sb.",
    "a call of what is no function": text(b"a") + b"(tR.",
    "a call of a built array": array(b"K\x01", dtype(b"f8"), EIGHT) + b"(tR.",
    "another array class": array(b"K\x01", dtype(b"f8"), EIGHT, b"matrix") + b".",
    "another codec": b"c_codecs\nencode\n(" + text(b"\xe4\xb8\x80" * 200_000) + text(b"punycode") + b"tR.",
    "a codec by another name": b"c_codecs\nencode\n(" + text(b"a" * 100) + text(b"zip") + b"tR.",
    "text encoded again and again": b"c_codecs\nencode\np0\n0"
    + text(b"a" * 1_000_000)
    + text(b"latin1")
    + b"\x86p1\n0("
    + b"g0\ng1\nR" * 3000
    + b"t.",
    "bytes that claim everything": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7fN.",
    "a byte array that claims everything": b"\x80\x05\x96" + b"\xff" * 7 + b"\x7fN.",
    "an integer of a million digits": b"I" + b"9" * 1_000_000 + b"\n.",
    "nested lists": b"(" * 500_000 + b"l" * 500_000 + b".",
    "nested tuples": b")" + b"\x85" * 500_000 + b".",
    "a list in itself": b"]p0\ng0\na.",
    "two to the hundredth": b"]" + b"2\x86" * 100 + b".",
    "lists of lists of lists": b"]" + b"".join(b"p%d\n0(" % i + b"g%d\n" % i * 100 + b"l" for i in range(6)) + b".",
    "too many operations": b"N" + b"0N" * 1_100_000 + b".",
    "too many values": b"](" + b"N" * 1_500_000 + b"e.",
    "numbers as keys": b"}(" + b"".join(b"L%dL\nN" % (i * (2**61 - 1)) for i in range(20_000)) + b"u.",
    "a persistent id": b"Pa\n.",
    "an extension": b"\x82\x01.",
    "a set": b"\x80\x04\x8f.",
    "an instance": b"(cos\nsystem\no.",
    "an old instance": b"(ios\nsystem\n.",
    "a frame of many rows": b"cpandas.core.frame\nDataFrame\n(NcRangeIndex\nx\nNtR.",
    "a slice of something": b"cbuiltins\nslice\n(" + text(b"a") + b"tR.",
    "bytes alone": b"C\x01a.",
    "nothing": b".",
    "no end": b"N",
    "text alone": b"hello",
}


@pytest.mark.parametrize("name", EVIL)
def test_harm_is_one_clear_message(tmp_path, name):
    path = tmp_path / "evil.pkl"
    path.write_bytes(EVIL[name])
    start = time.perf_counter()
    with pytest.raises(InputError, match="evil.pkl (is refused|is not a pickle of arrays)") as error:
        read_pickle(path)
    assert time.perf_counter() - start < 20
    assert len(str(error.value)) < 700


@pytest.mark.parametrize("claim", [b"Nr\xff\xff\xff\xff.", b"\x80\x04\x95" + b"\xff" * 7 + b"\x7fN."])
def test_sizes_that_are_claimed_are_not_reserved(tmp_path, claim):
    """A place in the memo and the size of a frame may say anything."""
    (tmp_path / "a.pkl").write_bytes(claim)
    assert read_pickle(tmp_path / "a.pkl") is None


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_is_called_by_name(tmp_path, monkeypatch, protocol):
    monkeypatch.chdir(tmp_path)
    calls = [
        Call(os.system, "touch owned"),
        Call(codecs.encode, "a", "rot13"),
        Call(np.load, "x.npy"),
        Call(np.fromfile, "x"),
        Call(pd.read_pickle, "x"),
        Call(getattr, np.ndarray, "tofile"),
        Call(np.ndarray, (1,), "O"),
        Call(np.dtype, [("a", "O")]),
        Call(np.dtype, "f8", state={"x": 1}),
    ]
    for call in calls:
        (tmp_path / "evil.pkl").write_bytes(pickle.dumps({"adj": call}, protocol=protocol))
        with pytest.raises(InputError, match="evil.pkl"):
            read_pickle("evil.pkl")
    assert not (tmp_path / "owned").exists()


def test_reading_leaves_the_stand_ins_as_they_are(tmp_path):
    """A file cannot set attributes that the next one is read with."""
    for content in (EVIL["BUILD on a class"], pickle.dumps(np.eye(2))):
        (tmp_path / "a.pkl").write_bytes(content)
        try:
            found = read_pickle(tmp_path / "a.pkl")
        except InputError:
            continue
    assert found.tolist() == [[1, 0], [0, 1]]


ARRAYS = [
    *(np.arange(6).reshape(2, 3).astype(kind) for kind in ("i1", "u2", "<i4", ">i4", "i8", "f2", "<f4", ">f8", "?")),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.zeros((0, 3)),
    np.array(2.5),
    np.arange(24.0).reshape(2, 3, 4)[:, ::2],
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_are_numpys(tmp_path, protocol):
    path = tmp_path / "a.pkl"
    for value in ARRAYS:
        path.write_bytes(pickle.dumps([value, value], protocol=protocol))
        for found in read_pickle(path):
            assert found.dtype == value.dtype
            np.testing.assert_array_equal(found, value)
    texts = np.array([["cat", "dög"], ["", "long name"]])
    for value in (texts, texts.astype(object), np.array([b"cat", b"d\xf6g"])):
        path.write_bytes(pickle.dumps(value, protocol=protocol))
        expected = [v.decode("latin1") if isinstance(v, bytes) else v for v in value.ravel().tolist()]
        assert read_pickle(path).ravel().tolist() == expected
    plain = {"a": [1, 2.5, "x", None, True, (1, 2)], "b": {"c": np.float32(1.5), "d": np.int64(-3)}}
    path.write_bytes(pickle.dumps(plain, protocol=protocol))
    assert read_pickle(path) == {"a": [1, 2.5, "x", None, True, [1, 2]], "b": {"c": 1.5, "d": -3}}


def test_pickles_of_python_2(tmp_path):
    """Protocols 0 and 2 of Python 2 hold bytes as its strings."""
    state = b"(K\x01(K\x02t" + dtype(b"f8").replace(b"X\x02\x00\x00\x00f8", b"U\x02f8") + b"I00\nU\x10"
    data = np.array([1.5, -2.0]).tobytes()
    (tmp_path / "a.pkl").write_bytes(
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR" + state + data + b"tb."
    )
    assert read_pickle(tmp_path / "a.pkl").tolist() == [1.5, -2.0]
    escaped = b"".join(b"\\x%02x" % byte for byte in data)
    zero = (
        b"cnumpy.core.multiarray\n_reconstruct\np0\n(cnumpy\nndarray\np1\n(I0\ntp2\nS'b'\np3\ntp4\nRp5\n(I1\n(I2\ntp6\n"
    )
    zero += (
        b"cnumpy\ndtype\np7\n(S'f8'\np8\nI0\nI1\ntp9\nRp10\n(I3\nS'<'\np11\nNNNI-1\nI-1\nI0\ntp12\nbI00\nS'" + escaped
    )
    (tmp_path / "a.pkl").write_bytes(zero + b"'\np13\ntp14\nb.")
    assert read_pickle(tmp_path / "a.pkl").tolist() == [1.5, -2.0]


@pytest.mark.parametrize("dtype", [object, "str", pd.StringDtype("python"), "string"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_frames_are_pandas(tmp_path, protocol, dtype):
    path = tmp_path / "a.pkl"
    names = [pd.Index(list(names), dtype=dtype) for names in (["a", "b"], ["x", "y", "z"])]
    mixed = pd.DataFrame({"x": [1, 2], "y": [0.5, -1], "z": [True, False]})
    mixed.index, mixed.columns = names
    for frame in (pd.DataFrame(np.arange(6.0).reshape(2, 3), index=names[0], columns=names[1]), mixed):
        path.write_bytes(pickle.dumps(frame, protocol=protocol))
        found = read_pickle(path)
        assert isinstance(found, Frame)
        assert (found.index, found.columns) == (["a", "b"], ["x", "y", "z"])
        np.testing.assert_array_equal(found.values, frame.to_numpy(dtype=float))
    path.write_bytes(pickle.dumps(pd.DataFrame(np.eye(2)), protocol=protocol))
    found = read_pickle(path)
    assert (found.index, found.columns, found.values.tolist()) == (None, None, [[1, 0], [0, 1]])


@pytest.mark.parametrize(
    "content",
    [
        b"ccopy_reg\n_reconstructor\n(c__builtin__\nbytes\nc__builtin__\nobject\nNtR.",
        b"ccopy_reg\n_reconstructor\n(cnumpy\nndarray\ncnumpy\nndarray\nNtR.",
        b"ccopy_reg\n_reconstructor\n(cnumpy\nndarray\nc__builtin__\nobject\nI5\ntR.",
        b"ccopy_reg\n_reconstructor\n(I5\nc__builtin__\nobject\nNtR.",
        b"c__builtin__\nobject\n.",
        b"c__builtin__\nobject\n(tR.",
        b"cpandas\nNA\n(tR.",
    ],
)
def test_objects_of_old_protocols_are_frames_alone(tmp_path, content):
    (tmp_path / "a.pkl").write_bytes(content)
    with pytest.raises(InputError, match="a.pkl"):
        read_pickle(tmp_path / "a.pkl")


def test_frames_of_pandas_before_1_3(tmp_path):
    """Their manager is made empty and gets axes and blocks by BUILD."""

    def index(*names):
        return (
            b"cpandas.core.indexes.base\n_new_Index\n(cpandas.core.indexes.base\nIndex\n}("
            + text(b"data")
            + array(
                b"K%c" % len(names),
                dtype(b"O8").replace(text(b"<"), text(b"|")),
                b"](" + b"".join(map(text, names)) + b"e",
            )
            + text(b"name")
            + b"NutR"
        )

    values = array(b"K\x02K\x02", dtype(b"f8"), b"C\x20" + np.array([[1.0, 2], [3, 4]]).tobytes())
    block = b"}(" + text(b"values") + values + text(b"mgr_locs") + b"c__builtin__\nslice\n(K\x00K\x02K\x01tRu"
    axes = b"](" + index(b"a", b"b") + index(b"x", b"y") + b"e"
    state = (
        b"("
        + axes
        + b"]]}"
        + text(b"0.14.1")
        + b"}("
        + text(b"axes")
        + axes
        + text(b"blocks")
        + b"]("
        + block
        + b"eust"
    )
    manager = b"cpandas.core.internals.managers\nBlockManager\n)\x81" + state + b"b"
    (tmp_path / "a.pkl").write_bytes(
        b"\x80\x02cpandas.core.frame\nDataFrame\n)\x81}("
        + text(b"_data")
        + manager
        + text(b"_typ")
        + text(b"dataframe")
        + b"ub."
    )
    found = read_pickle(tmp_path / "a.pkl")
    assert (found.index, found.columns, found.values.tolist()) == (["x", "y"], ["a", "b"], [[1, 3], [2, 4]])


def test_files_of_torch(tmp_path):
    path = tmp_path / "emb.pkl"
    for content in (torch.arange(6.0).view(2, 3), [torch.arange(3.0), torch.arange(3.0, 6)]):
        for new in (True, False):
            torch.save(content, path, _use_new_zipfile_serialization=new)
            assert np.asarray(read_pickle(path)).tolist() == [[0, 1, 2], [3, 4, 5]]
    torch.save({"cat": torch.ones(2).bfloat16(), "dog": np.ones(2)}, path)
    assert {name: value.tolist() for name, value in read_pickle(path).items()} == {"cat": [1, 1], "dog": [1, 1]}
    torch.save(torch.zeros(1).expand(2**40), path)
    with pytest.raises(InputError, match="emb.pkl is refused: a tensor claims"):
        read_pickle(path)
    torch.save(Call(os.system, "touch owned"), path)
    with pytest.raises(InputError, match="uses posix.system"):
        read_pickle(path)


def test_a_slow_codec_in_a_file_of_torch(tmp_path):
    path = tmp_path / "a.pth"
    torch.save({"a": 1}, path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, EVIL["another codec"] if name.endswith("data.pkl") else part)
    start = time.perf_counter()
    with pytest.raises(InputError, match="uses the codec 'punycode'"):
        load_torch(path)
    assert time.perf_counter() - start < 20


def test_npy_files(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(3))
    assert read_arrays(path).tolist() == [0, 1, 2]
    whole = path.read_bytes()
    np.save(path, np.array([object()], dtype=object), allow_pickle=True)
    objects = path.read_bytes()
    for content in (whole[:-4], objects, b"\x93NUMPY", whole.replace(b"(3,)", b"(9999999999999,)"[:4]), b"x"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="a.npy"):
            read_arrays(path)
