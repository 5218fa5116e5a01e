"""The text of ARFF files: encodings, comments, quotes and escapes, as Weka reads them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gcnlabel.errors import InputError
from gcnlabel.tasks.number_text import number_of

PIECE = re.compile(
    r"""\s+|%.*|(?P<mark>[,{}])"""
    r"""|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)\""""
    r"""|(?P<word>(?!['"])(?:\\.|\\$|[^\s,{}%\\])+)"""
)
CONTROL = {"n": "\n", "t": "\t", "r": "\r"}


class Token(NamedTuple):
    """A piece of a line: ``word``, ``quoted``, or a mark (``,``, ``{``, ``}``), which is its own kind.

    ``text`` is the value without escapes, ``written`` the characters in the file (between the quotes).
    """

    kind: str
    text: str
    written: str


def arff_lines(path: Path, encodings: Iterable[str] = ()) -> list[str]:
    """Return the lines of a file: UTF-16 if it has that byte order mark, else UTF-8, ``encodings`` or Windows-1252.

    Args:
        path: The file.
        encodings: Encodings declared by another file of the data set.

    Raises:
        InputError: It holds NUL bytes.
    """
    data = path.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _decoded(data, ("utf-16",) if wide else ("utf-8-sig", *encodings, "cp1252"))
    if "\0" in text:
        raise InputError(f"{path} holds NUL bytes: it is no text, or damaged", expected="an ARFF file, as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(data: bytes, encodings: Iterable[str]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def tokens(text: str) -> list[Token]:
    r"""Return the pieces of a line; ``%`` outside quotes begins a comment.

    Raises:
        ValueError: A quote does not end.

    Example:
        >>> [token.text for token in tokens(r"'it\'s 50%', red % a comment")]
        ["it's 50%", ',', 'red']
    """
    found, end = [], 0
    while end < len(text):
        match = PIECE.match(text, end)
        if match is None:
            raise ValueError(f"a quote that does not end: {text[end : end + 30]}")
        end = match.end()
        if match.lastgroup == "word":
            found.append(Token("word", unescaped(match["word"]), match["word"]))
        elif match.lastgroup == "mark":
            found.append(Token(match["mark"], match["mark"], match["mark"]))
        elif match.lastgroup is not None:
            written = match[match.lastgroup]
            found.append(Token("quoted", re.sub(r"\\(.)", lambda m: CONTROL.get(m[1], m[1]), written), written))
    return found


def unescaped(text: str) -> str:
    r"""Return a text without the backslashes in front of punctuation.

    Example:
        >>> print(unescaped(r"TAG_m\'usica"), unescaped(r"C:\new"))
        TAG_m'usica C:\new
    """
    return re.sub(r"\\([^\w\s])", r"\1", text)


def grouped(line: Iterable[Token]) -> list[list[Token]]:
    """Return the tokens between commas, without a comma at the end.

    Raises:
        ValueError: A brace is among them, or a cell is empty.
    """
    line = list(line)
    if any(token.kind in "{}" for token in line):
        raise ValueError("a brace outside quotes")
    groups: list[list[Token]] = [[]]
    for token in line:
        if token.kind == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    if not groups[-1]:
        groups.pop()
    if not all(groups):
        raise ValueError("an empty cell; write ? for a missing value")
    return groups


def joined(group: list[Token]) -> str | None:
    """Return the text of a group of tokens, joined by spaces; None for ``?`` outside quotes."""
    if len(group) == 1 and group[0].kind == "word" and group[0].text == "?":
        return None
    return " ".join(token.text for token in group)


def without_weight(line: list[Token]) -> tuple[list[Token], float]:
    """Return a row or a declaration without the weight ``{w}`` at its end, and the weight, 1 where there is none."""
    if len(line) > 3 and [token.kind for token in line[-3:]] == ["{", "word", "}"]:
        line, weight = line[:-3], number_of(line[-2].text)
        return (line[:-1] if line[-1].kind == "," else line), weight
    return line, 1.0
