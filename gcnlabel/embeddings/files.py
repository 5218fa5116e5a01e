"""Embeddings from a file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from torch import Tensor

from gcnlabel.embeddings.embedding import EMBEDDINGS
from gcnlabel.embeddings.label_arrays import read_label_arrays
from gcnlabel.embeddings.word_vectors import read_word_vectors
from gcnlabel.errors import InputError, closest
from gcnlabel.pickles import is_array_file


@EMBEDDINGS.register("file")
def file_embeddings(labels: Sequence[str], missing: str = "error", *, path: str) -> Tensor:
    """Return the embeddings [L, F] of a file.

    Args:
        labels: Names of the labels.
        missing: Handling of words without a vector, see :func:`read_word_vectors`.
        path: A text file of word vectors; or arrays, ``.npy`` or ``.pkl`` of the published codes.

    Raises:
        InputError: There is no such file, it holds something else, or a label has no embedding.
    """
    if not os.path.exists(path):
        known = [name for name in EMBEDDINGS.names() if name != "file"]
        raise InputError(
            f"no embeddings or file {path!r}", expected=f"{' | '.join(known)} | a file", fix=closest(path, known)
        )
    if is_array_file(path):
        return read_label_arrays(path, labels)
    return read_word_vectors(path, labels, missing=missing)
