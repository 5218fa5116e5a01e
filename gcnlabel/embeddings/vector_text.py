"""Parse the lines of a file of word vectors."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO

from gcnlabel.errors import InputError
from gcnlabel.tasks.number_text import number_of

SEEN = 100
"""Number of lines from which the size of the vectors is detected."""
SNIFFED = 4096
"""Number of bytes from which the kind of a file is detected."""
OTHER_KINDS = (
    (b"PK\x03\x04", "a zip archive", "unpack it: unzip FILE"),
    (b"BZh", "a bzip2 archive", "unpack it: bunzip2 FILE"),
    (b"\xfd7zXZ", "an xz archive", "unpack it: unxz FILE"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"\x93NUMPY", "an array of numpy", "name it .npy: its rows are then taken in the order of the labels"),
    (b"\x89HDF", "an HDF5 file", "save the vectors as text"),
    (b"\xba\x16\x4f\x2f", "a binary model of fastText", "take its text file of vectors (.vec)"),
    (b"\xff\xfe", "text in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save it as UTF-8"),
)
"""First bytes of other kinds of files, their name, and what to do."""


@contextmanager
def opened_vectors(path: Path) -> Iterator[IO[str]]:
    """Yield the lines of a file of word vectors: UTF-8, with a byte-order mark or not, gzipped or not.

    Raises:
        InputError: The file is of another kind, or an incomplete gzip file.
    """
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        opener = gzip.open if zipped else open
        with opener(path, "rb") as start:
            _check_kind(start.read(SNIFFED), path)
        with opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="\n") as lines:
            yield lines
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path} is no whole gzip file: {error}") from error


def _check_kind(start: bytes, path: Path) -> None:
    for magic, kind, fix in OTHER_KINDS:
        if start.startswith(magic):
            raise InputError(f"{path} is {kind}", expected="word vectors as text, one word per line", fix=fix)
    if re.match(rb"\x80[\x02-\x05]", start):
        raise InputError(f"{path} is a pickle", fix="name it .pkl: it is then read as the published codes' vectors are")
    if b"\0" in start or (re.match(rb"\d+ \d+\n", start) and _is_binary(start)):
        raise InputError(
            f"{path} is binary word2vec" if re.match(rb"\d+ \d+\n", start) else f"{path} is a binary file",
            expected="word vectors as text, one word per line",
            fix="save them as text, in gensim: KeyedVectors.load_word2vec_format(FILE, binary=True)"
            ".save_word2vec_format(NEW_FILE, binary=False)",
        )


def _is_binary(start: bytes) -> bool:
    """Return whether bytes hold control characters, as binary numbers do."""
    return re.search(rb"[\x01-\x08\x0e-\x1f\x7f]", start) is not None


def fields(line: str) -> list[str]:
    r"""Split a line at spaces and tabs; other white space may belong to words.

    Example:
        >>> fields("hot dog\t0.5  1\n")
        ['hot', 'dog', '0.5', '1']
    """
    return re.split("[ \t]+", line.rstrip("\r\n \t"))


def vector_lines(lines: IO[str]) -> tuple[int, Iterator[tuple[int, list[str]]]]:
    """Return the size of the vectors, and number and fields of each line after the header, if there is one.

    The size is that of a header ``count size``, or the number of numbers at the end of most of the first lines: words
    can contain spaces, and can be numbers.

    Raises:
        InputError: No line ends with a number.
    """
    first = [(number, fields(line)) for number, line in enumerate(islice(lines, SEEN), 1)]
    size = _header(first)
    if size is not None:
        first = first[1:]
    else:
        sizes = Counter(numbers_at_end(parts) for _, parts in first)
        size = max(sizes, key=lambda count: sizes[count], default=0)  # ties: the size of the first line
    if size == 0:
        shown = " ".join(first[0][1])[:80] if first else ""
        raise InputError(f"not a vector: {shown!r}", where="line 1", expected="a word and its numbers")
    rest = ((number, fields(line)) for number, line in enumerate(lines, SEEN + 1))
    return size, chain(first, rest)


def _header(first: list[tuple[int, list[str]]]) -> int | None:
    """Return the size that a first line ``count size`` states; a word and one number is none of these."""
    if not first or len(first[0][1]) != 2 or not first[0][1][0].isdigit():
        return None
    text = first[0][1][1]
    size = float(text) if _is_number(text) else 0.0
    if not 1 <= size <= 1_000_000 or size != int(size):
        return None
    one_number = len(first) > 1 and len(first[1][1]) == 2
    return None if one_number and size != 1 else int(size)


def numbers_at_end(parts: list[str]) -> int:
    """Return how many numbers a line ends with, besides its word."""
    count = 0
    while count < len(parts) - 1 and _is_number(parts[-1 - count]):
        count += 1
    return count


def _is_number(text: str) -> bool:
    try:
        number_of(text)
    except ValueError:
        return False
    return True
