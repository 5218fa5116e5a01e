"""Registry of embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from gcnlabel.text_registry import TextRegistry

EMBEDDINGS = TextRegistry("embeddings", "gcnlabel.embeddings", makes=Tensor)
"""Functions from label names and the handling of missing words to x [L, F], by name."""


def parse_embeddings(given: Any, labels: Sequence[str], missing: str = "error") -> Tensor:
    """Return the embeddings [L, F] that a config or an option names.

    Args:
        given: ``one-hot``, ``random:SIZE`` or ``random:SIZE:SEED``, ``emotion-words``, ``text:MODEL`` or
            ``text:MODEL:TEMPLATE`` (a sentence encoder), a file of word vectors or of arrays (``.npy``, ``.pkl`` of the
            published codes), a function (``package.module:attribute``),
            or a mapping of ``name`` and options.
        labels: Names of the labels.
        missing: Handling of words without a vector, see :func:`read_word_vectors`.

    Raises:
        InputError: It is none of these, or a label has no embedding.

    Example:
        >>> parse_embeddings("random:5:0", ["cat", "dog"]).shape
        torch.Size([2, 5])
    """
    x: Tensor = EMBEDDINGS.make(given, labels, missing)
    return x
