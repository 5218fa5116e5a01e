"""Label embeddings from word-vector text files, streamed: only the needed words are kept in memory."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.embeddings.vector_text import numbers_at_end, opened_vectors, vector_lines
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import existing_file
from gcnlabel.tasks.number_text import number_of

Vectors = dict[str, npt.NDArray[np.float32]]
MISSING = ("error", "skip", "random", "zero")


def read_word_vectors(path: str | Path, labels: Sequence[str], *, missing: str = "error", seed: int = 0) -> Tensor:
    """Return the embeddings [L, F] of labels from GloVe text, or word2vec / fastText text, possibly gzipped.

    A label is looked up as a whole, its words joined by ``_``, ``-`` or a space, as written and then in lower case; if
    the file does not have it, its embedding is the mean of its words (split at ``_``, ``-``, ``/`` and spaces). Accents
    match in any Unicode form, and words of ConceptNet Numberbatch (``/c/en/word``) without their prefix.

    Args:
        path: The file, one ``word v1 ... vF`` per line; a first line ``count F`` is skipped.
        labels: Names of the labels.
        missing: Handling of a word that is not in the file: ``error``; ``skip`` the word (an error when a label
            has no other); ``random`` (a unit vector drawn by ``seed``); ``zero``.
        seed: Seed of the random vectors.

    Raises:
        InputError: A word is missing and ``missing`` is ``error``, or a line of the file cannot be used.
    """
    if missing not in MISSING:
        raise InputError(f"missing = {missing!r}", expected=" | ".join(MISSING), fix=closest(missing, MISSING))
    path = existing_file(path, "word vectors")
    names = [unicodedata.normalize("NFC", label) for label in labels]
    wanted = {form for label in names for form in [*_phrases(label), *_words(label), *map(str.lower, _words(label))]}
    lines = _find(path, wanted)
    found, size = lines.found, lines.size
    if not found and not lines.overlong:
        raise InputError(
            f"no word of any label is in {path}",
            where=f"labels {shorten(labels)}; first words of the file: {', '.join(map(repr, lines.words))}",
            expected="a file of word vectors: one word and its numbers per line",
        )
    fill = None if missing in ("error", "skip") else _filler(missing, size, seed)
    rows = [_embed(name, lines, missing, fill, path) for name in names]
    return torch.from_numpy(np.stack(rows))


def _phrases(label: str) -> list[str]:
    words = re.split(r"[\s_-]+", label.strip())
    forms = [label, *(joint.join(words) for joint in ("_", "-", " "))]
    return list(dict.fromkeys([*forms, *(form.lower() for form in forms)]))


def _words(label: str) -> list[str]:
    return [word for word in re.split(r"[\s_/\-]+", label) if word]


def _embed(label: str, lines: _Lines, missing: str, fill: _Filler | None, path: Path) -> npt.NDArray[np.float32]:
    for form in _phrases(label):
        if form in lines.found:
            return lines.found[form]
    vectors = []
    for word in _words(label):
        vector = lines.found.get(word, lines.found.get(word.lower()))
        if vector is None:
            lines.check_length(word, path)
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
        fix="use a file that has the word; or set graph.missing_words in a config, build-graph --missing-words: "
        "'skip' (use the label's other words), 'random' (by a seed) or 'zero'",
    )


class _Filler:
    """Vectors for missing words: zero, or drawn by word and seed."""

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


@dataclass
class _Lines:
    """Content of the lines of a file.

    Attributes:
        size: Numbers of each vector.
        found: The first vector of each wanted word.
        words: The first words of the file.
        overlong: Wanted word -> number of a line with too many values, and their number.
    """

    size: int
    found: Vectors = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    overlong: dict[str, tuple[int, int]] = field(default_factory=dict)

    def check_length(self, word: str, path: Path) -> None:
        """Raise an error where a word is not found because its line is too long."""
        for form in (word, word.lower()):
            if form in self.overlong:
                number, count = self.overlong[form]
                raise InputError(
                    f"{count} numbers after {form!r}",
                    where=f"{path}, line {number}",
                    expected=f"{self.size}, as in the other lines",
                )


def _find(path: Path, wanted: set[str]) -> _Lines:
    """Return the first vector of each wanted word, and the first words of the file."""
    with opened_vectors(path) as text:
        size, numbered = vector_lines(text)
        lines = _Lines(size)
        for number, parts in numbered:
            words_of_line = max(len(parts) - size, 1)  # a word can hold spaces
            word = parts[0] if words_of_line == 1 else " ".join(parts[:words_of_line])
            if len(lines.words) < 5:
                lines.words.append(word[:40])
            word = _plain(word)
            if word in wanted and word not in lines.found:
                lines.found[word] = _vector(parts[words_of_line:], size, f"{path}, line {number}")
            elif (
                words_of_line > 1 and (first := _plain(parts[0])) in wanted and numbers_at_end(parts) == len(parts) - 1
            ):
                lines.overlong.setdefault(first, (number, len(parts) - 1))
    return lines


def _plain(word: str) -> str:
    """Return a word with its letters composed, and without ConceptNet's prefix of English words."""
    word = word.removeprefix("/c/en/")
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def _vector(numbers: list[str], size: int, where: str) -> npt.NDArray[np.float32]:
    if len(numbers) != size:
        raise InputError(f"{len(numbers)} numbers", where=where, expected=f"{size}, as in the other lines")
    try:
        vector = np.array([number_of(text) for text in numbers], dtype=np.float32)
    except ValueError as error:
        raise InputError(f"not a vector: {error}", where=where, expected=f"a word and {size} numbers") from error
    if not np.isfinite(vector).all():
        raise InputError("a vector that is not finite", where=where)
    return vector
