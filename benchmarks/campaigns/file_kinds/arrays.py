"""Arrays: features, vectors of words, matrices."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from file_kinds.kind import file_kind
from file_kinds.tables import TASKS
from gcnlabel.data import load_features
from gcnlabel.embeddings import read_label_arrays, read_word_vectors
from gcnlabel.graph import read_raw_graph

FEATURES = np.linspace(-1, 1, 24, dtype=np.float32).reshape(8, 3)
WORDS = "".join(f"{word} {i}.5 -{i} 3e-{i} .25\n" for i, word in enumerate((*TASKS.labels, "hot_dog", "other")))


def _write_npy(folder: Path) -> None:
    np.save(folder / "floats.npy", FEATURES)
    np.save(folder / "columns.npy", np.asfortranarray(FEATURES.astype(np.float64)))
    np.save(folder / "bytes.npy", (FEATURES * 9).astype(np.int8))


def _write_npz(folder: Path) -> None:
    np.savez(folder / "plain.npz", features=FEATURES)
    np.savez_compressed(folder / "packed.npz", features=FEATURES)


def _write_words(folder: Path) -> None:
    (folder / "glove.txt").write_text(WORDS)
    (folder / "word2vec.txt").write_text(f"{len(WORDS.splitlines())} 4\n{WORDS}")
    (folder / "packed.txt.gz").write_bytes(gzip.compress(WORDS.encode(), mtime=0))


def _write_vectors(folder: Path) -> None:
    np.save(folder / "vectors.npy", np.ones((len(TASKS.labels), 4)))
    np.save(folder / "matrix.npy", np.eye(len(TASKS.labels)))


@file_kind("npy", _write_npy, "*.npy")
@file_kind("npz", _write_npz, "*.npz")
@file_kind("features-safetensors", lambda folder: save_file({"x": FEATURES}, folder / "x.safetensors"), "x.safetensors")
def _read_features(path: Path) -> object:
    return load_features(path)


@file_kind("word-vectors", _write_words, "glove.txt", "word2vec.txt", "packed.txt.gz")
def _read_words(path: Path) -> object:
    return read_word_vectors(path, [*TASKS.labels, "hot dog"])


@file_kind("label-npy", _write_vectors, "*.npy")
def _read_label_arrays(path: Path) -> object:
    if path.stem == "vectors":
        return read_label_arrays(path, TASKS.labels)
    return read_raw_graph("matrix", path, TASKS)
