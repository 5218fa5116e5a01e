"""Label embeddings from word-vector text files, streamed: only the words that are needed are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.embeddings.vector_text import opened_vectors, vector_lines
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import existing_file

Vectors = dict[str, npt.NDArray[np.float32]]
MISSING = ("error", "skip", "random", "zero")


def read_word_vectors(path: str | Path, labels: Sequence[str], *, missing: str = "error", seed: int = 0) -> Tensor:
    """Return the embeddings [L, F] of labels from GloVe text, or word2vec / fastText text, possibly gzipped.

    A label is looked up whole, its words joined by ``_``, ``-`` or a space, as written and then in lower case; when it
    is not there, its embedding is the mean of its words (split at ``_``, ``-``, ``/`` and spaces).

    Args:
        path: The file: ``word v1 ... vF`` a line; a first line ``count F`` is passed over.
        labels: Names of the labels.
        missing: What to do about a word that is not in the file: ``error``; ``skip`` the word (an error when a label
            has no other); ``random`` (a unit vector drawn by ``seed``); ``zero``.
        seed: Seed of the random vectors.

    Raises:
        InputError: A word is missing and ``missing`` says error, or a line of the file cannot be used.
    """
    if missing not in MISSING:
        raise InputError(f"missing = {missing!r}", expected=" | ".join(MISSING), fix=closest(missing, MISSING))
    path = existing_file(path, "word vectors")
    wanted = {form for label in labels for form in [*_phrases(label), *_words(label), *map(str.lower, _words(label))]}
    found, words = _find(path, wanted)
    if not found:
        raise InputError(
            f"no word of any label is in {path}",
            where=f"labels {shorten(labels)}; first words of the file: {', '.join(map(repr, words))}",
            expected="a file of word vectors: a word and its numbers a line",
        )
    size = len(next(iter(found.values())))
    fill = None if missing in ("error", "skip") else _filler(missing, size, seed)
    rows = [_embed(label, found, missing, fill, path) for label in labels]
    return torch.from_numpy(np.stack(rows))


def _phrases(label: str) -> list[str]:
    words = re.split(r"[\s_-]+", label.strip())
    forms = [label, *(joint.join(words) for joint in ("_", "-", " "))]
    return list(dict.fromkeys([*forms, *(form.lower() for form in forms)]))


def _words(label: str) -> list[str]:
    return [word for word in re.split(r"[\s_/\-]+", label) if word]


def _embed(label: str, found: Vectors, missing: str, fill: _Filler | None, path: Path) -> npt.NDArray[np.float32]:
    for form in _phrases(label):
        if form in found:
            return found[form]
    vectors = []
    for word in _words(label):
        vector = found.get(word, found.get(word.lower()))
        if vector is None and fill is not None:
            vector = fill(word)
        if vector is not None:
            vectors.append(vector)
        elif missing == "error":
            raise _not_found(label, word, path)
    if not vectors:
        raise _not_found(label, label, path)
    return np.mean(vectors, axis=0, dtype=np.float32)


def _not_found(label: str, word: str, path: Path) -> InputError:
    return InputError(
        f"no vector for {word!r}, needed by label {label!r}",
        where=path,
        fix="a file that has the word; or say what stands for it: graph.missing_words in a config, build-graph "
        "--missing-words: 'skip' (the label's other words), 'random' (by a seed) or 'zero'",
    )


class _Filler:
    """Vectors for words that are not there: zero, or drawn by word and seed."""

    def __init__(self, size: int, seed: int | None) -> None:
        self.size = size
        self.seed = seed

    def __call__(self, word: str) -> npt.NDArray[np.float32]:
        if self.seed is None:
            return np.zeros(self.size, dtype=np.float32)
        vector = np.random.default_rng([self.seed, *word.encode()]).standard_normal(self.size)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def _filler(missing: str, size: int, seed: int) -> _Filler:
    return _Filler(size, seed if missing == "random" else None)


def _find(path: Path, wanted: set[str]) -> tuple[Vectors, list[str]]:
    """Return the first vector of each wanted word, and the first words of the file."""
    found: Vectors = {}
    words: list[str] = []
    with opened_vectors(path) as lines:
        size, numbered = vector_lines(lines)
        for number, parts in numbered:
            words_of_line = max(len(parts) - size, 1)  # a word can hold spaces
            word = parts[0] if words_of_line == 1 else " ".join(parts[:words_of_line])
            if len(words) < 5:
                words.append(word[:40])
            if word in wanted and word not in found:
                found[word] = _vector(parts[words_of_line:], size, f"{path}, line {number}")
    return found, words


def _vector(numbers: list[str], size: int, where: str) -> npt.NDArray[np.float32]:
    if len(numbers) != size:
        raise InputError(f"{len(numbers)} numbers", where=where, expected=f"{size}, as in the other lines")
    try:
        vector = np.array(numbers, dtype=np.float32)
    except ValueError as error:
        raise InputError(f"not a vector: {error}", where=where, expected=f"a word and {size} numbers") from error
    if not np.isfinite(vector).all():
        raise InputError("a vector that is not finite", where=where)
    return vector
