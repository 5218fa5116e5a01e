"""Look up texts regardless of their spelling (``1.0`` and ``1``; Unicode forms)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from gcnlabel.tasks.tag_words import WORDS

_WHOLE = r"^\+?(-?\d+)\.0*$"


def canonical(text: str) -> str:
    """Return the canonical spelling of a text: whole numbers without decimals, Unicode in NFC.

    Example:
        >>> canonical("1.0"), canonical("-2.000000"), canonical("0.5"), canonical("happy")
        ('1', '-2', '0.5', 'happy')
    """
    return re.sub(_WHOLE, r"\1", unicodedata.normalize("NFC", text))


def lookup(text: pl.Series, meaning: Mapping[str, Any]) -> pl.Series:
    """Return the value of each text in ``meaning``, as written or else by canonical spelling; null where unknown.

    Example:
        >>> lookup(pl.Series(["1.0", "1", "2.00", "3"]), {"1.0": 10, "1": 11, "2": 12}).to_list()
        [10, 11, 12, None]
    """
    if not meaning:
        return pl.Series(text.name, [None] * len(text), dtype=pl.Int64)
    found = text.replace_strict(dict(meaning), default=None)
    if (found.is_null() & text.is_not_null()).any():
        other = text.str.normalize("NFC").str.replace(_WHOLE, "${1}")
        found = found.fill_null(other.replace_strict(canonical_keys(meaning), default=None))
    return found


def same_value(text: pl.Series) -> pl.Series:
    """Return texts normalised such that equal values of a tag or dimension are equal: ``1``, ``1.0`` and ``TRUE``.

    Example:
        >>> same_value(pl.Series(["1", "1.00", "True", "0.50", ".5", "NA"])).to_list()
        ['1.0', '1.0', '1.0', '0.5', '0.5', 'na']
    """
    plain = text.fill_null("").str.strip_chars().str.to_lowercase()
    number = plain.replace({word: str(value) for word, value in WORDS.items()}).cast(pl.Float64, strict=False)
    return number.cast(pl.String).replace("-0.0", "0.0").fill_null(plain)


def canonical_keys(meaning: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping by canonical spelling; on conflict, a key that is canonical itself wins."""
    return {canonical(text): value for text, value in meaning.items()} | {
        text: value for text, value in meaning.items() if canonical(text) == text
    }


def known_texts(labels: Collection[str], codes: Mapping[str, str]) -> dict[str, int]:
    """Return label name or declared code -> index of the label; a name wins over an equal code.

    Example:
        >>> known_texts(["cat", "dog"], {"7": "dog"})
        {'7': 1, 'cat': 0, 'dog': 1}
    """
    index = {label: i for i, label in enumerate(labels)}
    return {code: index[label] for code, label in codes.items()} | index
