import gzip
import pickle
import unicodedata

import numpy as np
import pandas as pd
import pytest
import torch

from gcnlabel.embeddings import (
    one_hot,
    parse_embeddings,
    random_embeddings,
    read_word_vectors,
)
from gcnlabel.errors import InputError

GLOVE = "cat 1 2\nhot 3 0\ndog 5 4\nbaseball_bat 7 7\nbat 1 1\nAnger -1 -2\n"


@pytest.fixture
def glove(tmp_path):
    (tmp_path / "v.txt").write_text(GLOVE)
    return tmp_path / "v.txt"


def test_words_phrases_means_and_case(glove):
    x = read_word_vectors(glove, ["cat", "hot dog", "baseball bat", "CAT", "hot/cat", "Anger"])
    assert x.tolist() == [[1, 2], [4, 2], [7, 7], [1, 2], [2, 1], [-1, -2]]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_word2vec_header_and_gzip(tmp_path, suffix):
    path = tmp_path / f"v.txt{suffix}"
    with gzip.open(path, "wt") if suffix else path.open("w") as file:
        file.write("6 2\n" + GLOVE)
    assert read_word_vectors(path, ["dog"]).tolist() == [[5, 4]]


def test_a_gzipped_file_with_any_byte_changed_is_read_or_one_message(tmp_path):
    content, refused = gzip.compress(GLOVE.encode(), mtime=0), 0
    for at in range(len(content)):
        (tmp_path / "v.txt.gz").write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            read_word_vectors(tmp_path / "v.txt.gz", ["dog"])
        except InputError:
            refused += 1
    assert refused > 20


def test_phrases_written_with_spaces(tmp_path):
    (tmp_path / "v.txt").write_text("cat 1 2\nhot dog 9 8\n")
    assert read_word_vectors(tmp_path / "v.txt", ["hot dog"]).tolist() == [[9, 8]]


def test_missing_words(glove):
    with pytest.raises(InputError, match="no vector for 'fox', needed by label 'fox'[\\s\\S]*'skip'"):
        read_word_vectors(glove, ["cat", "fox"])
    assert read_word_vectors(glove, ["cat fox"], missing="skip").tolist() == [[1, 2]]
    assert read_word_vectors(glove, ["cat fox"], missing="zero").tolist() == [[0.5, 1]]
    with pytest.raises(InputError, match="'fox'"):
        read_word_vectors(glove, ["cat", "fox"], missing="skip")  # nothing is left of it
    a, b, c = (read_word_vectors(glove, ["fox", "cat"], missing="random", seed=s)[0] for s in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert a.norm() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "message"),
    [("cat 1 2\ndog 1\n", "line 2"), ("cat 1 x\n", "not a vector"), ("cat 1 inf\n", "not finite"), ("", "is empty")],
)
def test_bad_files(tmp_path, text, message):
    (tmp_path / "v.txt").write_text(text)
    with pytest.raises(InputError, match=message):
        read_word_vectors(tmp_path / "v.txt", ["cat", "dog"])


LINES = "happy 0.5 -2 1\nsad 1 2 3\nred 7 8 9\n"


@pytest.mark.parametrize(
    "text",
    [
        "3 3.0\n" + LINES,
        "3 3\n" + LINES,
        "3\t3\n" + LINES.replace(" ", "\t"),
        LINES.replace(" ", "\t"),
        "\ufeff" + LINES,
        "\ufeff3 3\n" + LINES,
        LINES.replace("\n", "\r\n"),
        LINES.replace(" ", "  "),
        ". . . 0.1 0.2 0.3\n" + LINES,
        "at name@domain.com 1 2 3\n" + LINES,
        "1 2 3 4 5 6\n" + LINES,  # the word "1 2 3"
        "nan 1 2 3\n" + LINES,
        LINES.replace("\n", " \n"),
    ],
)
def test_dialects_of_word_vectors(tmp_path, text):
    (tmp_path / "v.txt").write_bytes(text.encode())
    assert read_word_vectors(tmp_path / "v.txt", ["happy", "sad"]).tolist() == [[0.5, -2, 1], [1, 2, 3]]


@pytest.mark.parametrize(
    ("text", "happy"),
    [
        ("2 0.5\nhappy 0.25\nsad 0.5\n", 0.25),  # the word is "2"
        ("2 5.0\nhappy 0.25\nsad 0.5\n", 0.25),
        ("2 1\nhappy 0.25\nsad 0.5\n", 0.25),  # a header
        ("happy 0.25\n", 0.25),
        ("happy 2\nsad 1\n", 2),
    ],
)
def test_vectors_of_size_1(tmp_path, text, happy):
    (tmp_path / "v.txt").write_text(text)
    assert read_word_vectors(tmp_path / "v.txt", ["happy"]).tolist() == [[happy]]


def test_a_number_that_is_a_word(tmp_path):
    (tmp_path / "v.txt").write_text("2 0.5\nhappy 0.25\n")
    assert read_word_vectors(tmp_path / "v.txt", ["2", "happy"]).tolist() == [[0.5], [0.25]]


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 3\nhappy " + np.ones(3, "f4").tobytes() + b"\nsad " + np.ones(3, "f4").tobytes(), "binary word2vec"),
        (b"1 2\nhappy " + np.array([1.1, 1.2], "f4").tobytes(), "binary word2vec|not a vector|no word"),
        (b"PK\x03\x04rest", "a zip archive(.|\n)*unpack it"),
        (b"\x80\x02]q\x00.", "a pickle(.|\n)*name it .pkl"),
        (b"\x93NUMPY\x01\x00", "name it .npy"),
        ("happy 1 2".encode("utf-16"), "UTF-16"),
        (b"\0\0\0", "a binary file"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path, content, message, zipped):
    path = tmp_path / "vectors"
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(InputError, match=message):
        read_word_vectors(path, ["happy"])


def test_the_first_words_are_named_when_none_is_found(tmp_path):
    (tmp_path / "v.txt").write_text("4 2\n/c/de/happy 1 2\n/c/de/sad 1 2\n")
    with pytest.raises(InputError, match="no word of any label(.|\n)*first words of the file: '/c/de/happy'"):
        read_word_vectors(tmp_path / "v.txt", ["happy"])


def test_words_of_conceptnet_stand_without_their_prefix(tmp_path):
    (tmp_path / "v.txt").write_text(
        "5 2\n/c/de/gift 9 9\n/c/en/gift 1 2\n/c/en/hot_dog 3 4\n/c/en/dog 5 6\n/c/en/gift 7 8\n"
    )
    assert read_word_vectors(tmp_path / "v.txt", ["Gift", "hot dog", "dog"]).tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(("of_file", "of_label"), [("NFD", "NFC"), ("NFC", "NFD"), ("NFD", "NFD")])
def test_accents_match_however_they_are_encoded(tmp_path, of_file, of_label):
    (tmp_path / "v.txt").write_text(unicodedata.normalize(of_file, "émue 1 2\ntrès 3 4\nété 5 6\n"), encoding="utf-8")
    labels = [unicodedata.normalize(of_label, label) for label in ("Émue", "très été")]
    assert read_word_vectors(tmp_path / "v.txt", labels).tolist() == [[1, 2], [4, 5]]


def test_a_line_with_too_many_numbers_is_named(tmp_path):
    """Unless the label is found all the same: words may hold numbers and spaces."""
    (tmp_path / "v.txt").write_text("cat 1 2\ndog 3 4 5\ncow 6 7\nroute 66 8 9\nroute 10 11\n")
    for labels in (["dog"], ["cat", "dog"], ["cat", "Dog"], ["big-dog"]):
        with pytest.raises(InputError, match="3 numbers after 'dog'(.|\n)*line 2(.|\n)*2, as in the other lines"):
            read_word_vectors(tmp_path / "v.txt", labels, missing="skip")
    assert read_word_vectors(tmp_path / "v.txt", ["route", "route 66"]).tolist() == [[10, 11], [8, 9]]


def test_files_of_arrays(tmp_path):
    """Arrays in the order of the labels; dicts and frames by name, whatever their case."""
    x = np.arange(6.0).reshape(2, 3)
    np.save(tmp_path / "x.npy", x.astype("f4"))
    torch.save(torch.from_numpy(x), tmp_path / "torch.pkl")
    frame = pd.DataFrame(x, index=pd.Index(["sad", "happy"], dtype=object))
    contents = {
        "array": x,
        "list": x.tolist(),
        "rows": list(x),
        "batch": x[None],
        "dict": {"Sad": x[1], "Happy": x[0], "other": x[0]},
        "lists": {"sad": [3, 4, 5], "happy": (0, 1, 2)},
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.pkl").write_bytes(pickle.dumps(content))
        assert parse_embeddings(str(tmp_path / f"{name}.pkl"), ["happy", "sad"]).tolist() == x.tolist(), name
    frame.columns = pd.RangeIndex(3)
    (tmp_path / "frame.pkl").write_bytes(pickle.dumps(frame))
    assert parse_embeddings(str(tmp_path / "frame.pkl"), ["happy", "sad"]).tolist() == x[::-1].tolist()
    for name in ("x.npy", "torch.pkl"):
        assert parse_embeddings(str(tmp_path / name), ["happy", "sad"]).tolist() == x.tolist()
    with pytest.raises(
        InputError, match=r"shape \[2, 3\]\n  expected: \[3, F\]: one row per label, in the order a, b, c"
    ):
        parse_embeddings(str(tmp_path / "x.npy"), ["a", "b", "c"])
    with pytest.raises(InputError, match=r"no vector for fear\n  where: its names: Sad, Happy, other"):
        parse_embeddings(str(tmp_path / "dict.pkl"), ["fear"])


@pytest.mark.parametrize("value", [[[1, 2], [3]], ["a", "b"], [[np.nan], [1]], [[1], [None]], 3, {}, {"happy": {}}])
def test_files_of_something_else(tmp_path, value):
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(value))
    with pytest.raises(InputError, match="x.pkl"):
        parse_embeddings(str(tmp_path / "x.pkl"), ["happy", "sad"])


def test_bundled_emotion_words_need_no_download():
    x = parse_embeddings("emotion-words", ["neutral", "valence", "doubt/confusion"])
    assert x.shape == (3, 384)
    similar = torch.cosine_similarity(*parse_embeddings("emotion-words", ["happy", "joy"]), dim=0)
    assert similar > torch.cosine_similarity(*parse_embeddings("emotion-words", ["happy", "anger"]), dim=0)
    with pytest.raises(InputError, match="bundled emotion words"):
        parse_embeddings("emotion-words", ["cat"])


def test_other_sources():
    assert torch.equal(one_hot(["a", "b"]), torch.eye(2))
    assert torch.equal(random_embeddings(["a"], size=3, seed=5), parse_embeddings("random:3:5", ["a"]))
    given = {"name": "random", "size": 3, "seed": 5}
    assert torch.equal(parse_embeddings(given, ["a"]), parse_embeddings("random:3:5", ["a"]))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("emotion-word", r"no embeddings or file(.|\n)*did you mean 'emotion-words'"),
        ("random:x", "random.*size.*valid integer"),
        ("random:5:0:3", "seed.*valid integer"),
        ("random:0", "size.*greater than 0"),
        ("random", "size.*required"),
        ("one-hot:5", "alone: it has no options"),
        ({"name": "one-hot", "size": 5}, "unknown key 'size'"),
        ("no_such_module:words", "cannot be imported"),
    ],
)
def test_what_is_no_source(given, message):
    with pytest.raises(InputError, match=message):
        parse_embeddings(given, ["a"])


def test_vectors_of_ones_own(tmp_path, monkeypatch):
    source = "import torch\n\ndef lengths(labels, missing, *, scale: float = 1):\n"
    source += "    return scale * torch.tensor([[float(len(label))] for label in labels])\n"
    (tmp_path / "own_vectors.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    assert parse_embeddings("own_vectors:lengths", ["a", "dog"]).tolist() == [[1], [3]]
    assert parse_embeddings({"name": "own_vectors:lengths", "scale": 2}, ["a", "dog"]).tolist() == [[2], [6]]


def test_real_glove(shared_data):
    path = shared_data / "label_statistics" / "coco2014_glove300.txt"
    lines = dict(line.split(" ", 1) for line in path.read_text().splitlines())
    x = read_word_vectors(path, ["baseball bat", "cat"])
    np.testing.assert_array_equal(x[0], np.array(lines["baseball_bat"].split(), dtype=np.float32))
