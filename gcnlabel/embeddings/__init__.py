"""Embeddings of label names, x [L, F]."""

from gcnlabel.embeddings.embedding import EMBEDDINGS, parse_embeddings
from gcnlabel.embeddings.label_arrays import as_matrix, read_label_arrays
from gcnlabel.embeddings.one_hot import one_hot
from gcnlabel.embeddings.random_vectors import random_embeddings
from gcnlabel.embeddings.word_vectors import read_word_vectors

__all__ = [
    "EMBEDDINGS",
    "as_matrix",
    "one_hot",
    "parse_embeddings",
    "random_embeddings",
    "read_label_arrays",
    "read_word_vectors",
]
