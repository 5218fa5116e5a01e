"""Files of face data sets that are damaged end in one clear error, or are read; nothing else, and in little memory."""

import resource
import time
import zlib

import numpy as np
import pytest
from damaged import mutants
from scipy.io import savemat

from gcnlabel.annotations.npy_text import npy_text, npy_values
from gcnlabel.data import load_features
from gcnlabel.errors import InputError
from gcnlabel.faces import read_affectnet
from gcnlabel.faces.emotic.mat import mat_persons
from gcnlabel.faces.emotic.mat_elements import DamagedError, check_mat

pytestmark = pytest.mark.filterwarnings("ignore")  # numpy and scipy warn of what they mend
GIB = 2**20  # in KiB, as getrusage says


def structs(*records):
    array = np.empty((1, len(records)), dtype=[(name, object) for name in records[0]])
    for i, record in enumerate(records):
        array[0, i] = tuple(record.values())
    return array


def small_mat(path, compressed):
    names = np.empty((1, 2), dtype=object)
    names[0] = ["Peace", "Fear"]
    rating = {"valence": 5.0, "arousal": 6.0, "dominance": np.nan}
    person = {"body_bbox": np.array([[1.0, 2, 30, 40]]), "annotations_categories": {"categories": names}}
    person |= {"annotations_continuous": rating}
    record = {"filename": "a.jpg", "folder": "mscoco/images", "person": structs(person, person)}
    savemat(path, {name: structs(record) for name in ("train", "val", "test")}, do_compression=compressed)
    return path.read_bytes()


def outcome(read, *arguments):
    """``read``, or the error: anything but an InputError fails the test."""
    try:
        read(*arguments)
    except InputError:
        return "error"
    return "read"


@pytest.mark.parametrize(
    ("good", "damaged", "says"),
    [  # scipy ends the process on each
        (b"\x09\0\0\0\x08\0\0\0", b"\x0b\0\0\0\x08\0\0\0", "numbers of type 11"),
        (b"\x10\0\0\0\x05\0\0\0Peace", b"\0\0\0\0\x05\0\0\0Peace", "numbers of type 0"),
        (b"\x06\0\0\0\x08\0\0\0\x06\0\0\0", b"\x06\0\0\0\x08\0\0\0\x06\xff\0\0", "imaginary part"),
        (b"\x05\0\0\0\x08\0\0\0", b"\x05\0\0\0\x0c\0\0\0", ""),
    ],
)
def test_arrays_of_mat_files_have_the_elements_of_their_class(tmp_path, good, damaged, says):
    content = small_mat(tmp_path / "Annotations.mat", compressed=False)
    check_mat(content)
    place = content.index(good, 128)
    with pytest.raises(DamagedError, match=says):
        check_mat(content[:place] + damaged + content[place + len(good) :])


@pytest.mark.parametrize("compressed", [False, True])
def test_mat_files(tmp_path, compressed):
    path = tmp_path / "Annotations.mat"
    content = small_mat(path, compressed)
    assert len(list(mat_persons(path))) == 6
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    found = []
    for mutant in mutants(content, 300):
        path.write_bytes(mutant)
        found.append(outcome(lambda: list(mat_persons(path))))
    assert {"error", "read"} == set(found)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GIB
    assert time.monotonic() - start < 60


@pytest.mark.parametrize("value", ["\ud800", b"\xff\xfe", np.array([0x34393234, 65], dtype="<u4").view("<U2")])
def test_text_that_is_no_unicode(tmp_path, value):
    np.save(tmp_path / "0_exp.npy", np.array(value))
    for read in (npy_text, npy_values):
        with pytest.raises(InputError, match="not a complete .npy file"):
            read(str(tmp_path / "0_exp.npy"))


def test_a_mat_file_whose_dimensions_ask_for_exabytes(tmp_path):
    path = tmp_path / "Annotations.mat"
    content = small_mat(path, compressed=False)
    dimensions = np.array([1, 2], dtype="<i4").tobytes()
    assert content.count(dimensions) > 0
    path.write_bytes(content.replace(dimensions, np.array([2**30, 2**30], dtype="<i4").tobytes()))
    with pytest.raises(InputError, match=r"is not a MATLAB 5 file: .* in a list of 1152921504606846976"):
        list(mat_persons(path))


def test_a_compressed_variable_that_is_too_large_or_too_deep(monkeypatch):
    monkeypatch.setattr("gcnlabel.faces.emotic.mat_elements.MAX_BYTES", 2**16)
    header = b"MATLAB 5.0".ljust(124) + b"\x00\x01IM"

    def compressed(content):
        data = zlib.compress(content)
        return header + np.array([15, len(data)], dtype="<u4").tobytes() + data

    with pytest.raises(DamagedError, match="cut off or too large"):
        check_mat(compressed(bytes(2**16 + 8)))
    array = b""
    for _ in range(40):
        inner = b"".join(
            (
                np.array([6, 8, 1, 0], dtype="<u4").tobytes(),
                np.array([5, 8, 1, 1], dtype="<u4").tobytes(),
                np.array([1, 0], dtype="<u4").tobytes(),
                array,
            )
        )
        array = np.array([14, len(inner)], dtype="<u4").tobytes() + inner
    with pytest.raises(DamagedError, match="more than 24 deep"):
        check_mat(compressed(array))


@pytest.mark.parametrize("values", [np.array("1"), np.float32(0.25), np.arange(136.0), np.array(b"-2")])
def test_npy_annotations(tmp_path, values):
    path = tmp_path / "1_exp.npy"
    np.save(path, values)
    content = path.read_bytes()
    found = []
    for mutant in mutants(content, 150):
        path.write_bytes(mutant)
        found += [outcome(npy_text, str(path)), outcome(npy_values, str(path))]
    assert {"error", "read"} == set(found)


@pytest.mark.parametrize(
    "shape", ["(10**30,)", "(1000000000000000000000000000000,)", "(4611686018427387904, 4)", "(-3,)"]
)
def test_npy_headers_that_claim_more_than_there_is(tmp_path, shape):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(64))
    for read in (npy_values, load_features):
        with pytest.raises(InputError, match="not a complete .npy file|cannot be read"):
            read(str(path))


def test_features(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.ones((6, 4), dtype=np.float32))
    for mutant in mutants(path.read_bytes(), 150):
        path.write_bytes(mutant)
        outcome(load_features, path)
    archive = tmp_path / "x.npz"
    np.savez(archive, x=np.ones((6, 4), dtype=np.float32))
    for mutant in mutants(archive.read_bytes(), 150):
        archive.write_bytes(mutant)
        outcome(load_features, archive)


def test_an_annotation_file_of_gigabytes_is_not_read(tmp_path):
    for name in ("images", "annotations"):
        (tmp_path / "train_set" / name).mkdir(parents=True)
    with (tmp_path / "train_set/annotations/1_exp.npy").open("wb") as file:
        file.truncate(5 * 2**30)
    with pytest.raises(InputError, match=r"an annotation of 5368709120 bytes\n.*1_exp.npy"):
        read_affectnet(tmp_path)


def test_a_header_of_a_shard_that_is_no_python_is_one_error(tmp_path):
    """NumPy reads the header as Python's tokens."""
    from gcnlabel.faces.cache.reader import _mapped

    np.save(tmp_path / "s.npy", np.zeros((2, 1, 4, 4), dtype=np.uint8))
    whole = (tmp_path / "s.npy").read_bytes()
    (tmp_path / "s.npy").write_bytes(whole.replace(b"(2, 1, 4, 4)", b"(2, 1, 4, 4 "))
    with pytest.raises(InputError, match="cannot be read"):
        _mapped(tmp_path / "s.npy", (2, 1, 4, 4))
