"""The bundled vectors of emotion words."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from torch import Tensor

from gcnlabel.embeddings import EMBEDDINGS, read_word_vectors
from gcnlabel.errors import InputError, shorten


@EMBEDDINGS.register("emotion-words")
def emotion_words(labels: Sequence[str], missing: str = "error") -> Tensor:
    """Return bundled 384-d sentence embeddings of emotion words (all-MiniLM-L6-v2), [L, 384].

    There are 39 words: the basic expressions, valence, arousal and dominance, emotions of tweets, and EMOTIC's 26
    categories.

    Raises:
        InputError: A label is not one of them.
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
