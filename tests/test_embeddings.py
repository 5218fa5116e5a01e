import gzip

import numpy as np
import pytest
import torch

from gcnlabel.embeddings import (
    emotion_words,
    from_array,
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


def test_bundled_emotion_words_need_no_download():
    x = emotion_words(["neutral", "valence", "doubt/confusion"])
    assert x.shape == (3, 384)
    similar = torch.cosine_similarity(*emotion_words(["happy", "joy"]), dim=0)
    assert similar > torch.cosine_similarity(*emotion_words(["happy", "anger"]), dim=0)
    with pytest.raises(InputError, match="bundled emotion words"):
        emotion_words(["cat"])


def test_other_sources():
    assert torch.equal(one_hot(["a", "b"]), torch.eye(2))
    assert torch.equal(random_embeddings(["a"], 3, seed=5), random_embeddings(["a"], 3, seed=5))
    assert from_array(["a", "b"], np.eye(2), ["b"]).tolist() == [[0, 1]]
    with pytest.raises(InputError, match="no embedding for c"):
        from_array(["a", "b"], np.eye(2), ["c"])
    with pytest.raises(InputError, match="are no file"):
        parse_embeddings("emotion-word", ["a"])
    with pytest.raises(InputError, match="random:SIZE"):
        parse_embeddings("random:x", ["a"])


def test_real_glove(shared_data):
    path = shared_data / "label_statistics" / "coco2014_glove300.txt"
    lines = dict(line.split(" ", 1) for line in path.read_text().splitlines())
    x = read_word_vectors(path, ["baseball bat", "cat"])
    np.testing.assert_array_equal(x[0], np.array(lines["baseball_bat"].split(), dtype=np.float32))
