"""Label names -> embeddings x [L, F]."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gcnlabel.embeddings.label_arrays import as_matrix, read_label_arrays
from gcnlabel.embeddings.word_vectors import read_word_vectors
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.pickles import is_array_file

__all__ = [
    "as_matrix",
    "emotion_words",
    "from_array",
    "one_hot",
    "parse_embeddings",
    "random_embeddings",
    "read_label_arrays",
    "read_word_vectors",
]

MOST_ONE_HOT = 20_000
"""Labels that can have one-hot embeddings, which take 4 bytes for each pair of them."""


def one_hot(labels: Sequence[str]) -> Tensor:
    """Return one dimension a label: the identity [L, L].

    Raises:
        InputError: There are more than :data:`MOST_ONE_HOT` labels.

    Example:
        >>> one_hot(["cat", "dog"]).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    if len(labels) > MOST_ONE_HOT:
        size = 4 * len(labels) ** 2 / 2**30
        raise InputError(
            f"one-hot embeddings of {len(labels)} labels, {size:.0f} GiB", fix="random:256:0, or word vectors"
        )
    return torch.eye(len(labels))


def random_embeddings(labels: Sequence[str], size: int, seed: int = 0) -> Tensor:
    """Return standard normal embeddings [L, F] drawn by a seed.

    Raises:
        InputError: The size is less than 1.
    """
    if size < 1:
        raise InputError(f"embeddings of size {size}", expected="at least 1")
    return torch.randn(len(labels), size, generator=torch.Generator().manual_seed(seed))


def from_array(names: Sequence[str], array: Any, labels: Sequence[str]) -> Tensor:
    """Return the rows of a named array [n, F] that belong to ``labels``, matched by name.

    Raises:
        InputError: A name stands twice, a label has no row, or the array has another shape.

    Example:
        >>> from_array(["cat", "dog"], [[1, 2], [3, 4]], ["dog"]).tolist()
        [[3.0, 4.0]]
    """
    values = torch.as_tensor(np.asarray(array, dtype=np.float32))
    if values.dim() != 2 or len(values) != len(names):
        raise InputError(f"an array of shape {list(values.shape)}", expected=f"[{len(names)}, F], a row a name")
    place = {name: i for i, name in enumerate(names)}
    if len(place) < len(names):
        raise InputError("duplicate names of embeddings", expected="one row a name")
    missing = [label for label in labels if label not in place]
    if missing:
        raise InputError(f"no embedding for {shorten(missing)}", fix=closest(missing[0], names))
    return values[[place[label] for label in labels]]


def emotion_words(labels: Sequence[str], missing: str = "error") -> Tensor:
    """Return the bundled 384-d sentence-model vectors of emotion words (all-MiniLM-L6-v2), [L, 384].

    39 words: the basic expressions, valence, arousal and dominance, emotions of tweets, EMOTIC's 26 categories.

    Raises:
        InputError: A label is no such word.
    """
    with resources.as_file(resources.files("gcnlabel") / "resources" / "emotion_words_minilm384.txt") as path:
        try:
            return read_word_vectors(path, labels, missing=missing)
        except InputError as error:
            words = [line.partition(" ")[0] for line in path.read_text(encoding="utf-8").splitlines()]
            first = str(error).splitlines()[0]
            raise InputError(
                f"{first}, among the bundled emotion words",
                expected=shorten(words, 50),
                fix="give a file of word vectors",
            ) from None


def parse_embeddings(text: str, labels: Sequence[str], missing: str = "error") -> Tensor:
    """Return the embeddings that a config or an option names.

    Args:
        text: ``emotion-words``, ``one-hot``, ``random:SIZE`` or ``random:SIZE:SEED``, a file of word vectors, or one of
            arrays (``.pkl`` of the published codes, ``.npy``).
        labels: Names of the labels.
        missing: What to do about words without a vector, see :func:`read_word_vectors`.

    Raises:
        InputError: It is none of these, or a label has no embedding.

    Example:
        >>> parse_embeddings("random:5:0", ["cat", "dog"]).shape
        torch.Size([2, 5])
    """
    if text == "emotion-words":
        return emotion_words(labels, missing)
    if text == "one-hot":
        return one_hot(labels)
    if text.startswith("random:"):
        numbers = text.split(":")[1:]
        if not (1 <= len(numbers) <= 2 and all(number.isdigit() for number in numbers)):
            raise InputError(f"embeddings {text!r}", expected="random:SIZE or random:SIZE:SEED")
        return random_embeddings(labels, *(int(number) for number in numbers))
    if not Path(text).exists():
        known = ("emotion-words", "one-hot", "random:SIZE:SEED")
        raise InputError(
            f"embeddings {text!r} are no file", expected=f"{' | '.join(known)} | a file", fix=closest(text, known)
        )
    if is_array_file(text):
        return read_label_arrays(text, labels)
    return read_word_vectors(text, labels, missing=missing)
