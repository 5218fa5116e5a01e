"""Advice of error messages about cells; following it must not corrupt the data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from gcnlabel.errors import closest, shorten
from gcnlabel.tasks.matching import folded

MARKERS = ("", "na", "n/a", "nan", "<na>", "#n/a", "nat", "null", "none", "?", "-")
"""Common markers of missing values, in lower case; they count as missing only where declared."""


def looks_missing(text: str) -> bool:
    """Return whether a text looks like a marker of missing values (-1 and ``unknown`` do not)."""
    return text.strip().lower() in MARKERS


def declare_missing(text: str) -> str:
    """Return how to declare that a marker means "not annotated".

    Example:
        >>> declare_missing("NA").partition(": ")[2]
        "data.missing: ['NA'] in a config, missing: ['NA'] of the task, or build-graph --missing NA"
    """
    option = text if text.isalnum() else f"{text!r}"
    marker = f"missing: [{text!r}]"
    places = f"data.{marker} in a config, {marker} of the task, or build-graph --missing {option}"
    return f"if it means 'not annotated', declare it: {places}"


def of_unknown_class(given: str, known: Collection[str], codes: Collection[str]) -> str | None:
    """Return advice for a cell that names no class."""
    near = closest(given, [*known, *codes])
    if looks_missing(given) and given.lower() not in (name.lower() for name in known):
        return declare_missing(given)
    return code_advice(codes) if is_number(given) else near


def of_unknown_tag(
    given: str, known: Collection[str], codes: Collection[str], separator: str, *, alone: bool
) -> str | None:
    """Return advice for a text that is no tag; ``alone``: it is the only text of its cell."""
    names = [*known, *codes]
    if looks_missing(given) and given.lower() not in (name.lower() for name in known):
        if not alone:
            return "leave it out of the list"
        none = f"if it means 'no tag', declare empty: {given!r} of the task; " if given.lower() in ("none", "-") else ""
        return none + declare_missing(given)
    if is_number(given):
        return code_advice(codes)
    other = _separator_of(given, names, separator)
    if other is not None:
        return f"tags of a cell are separated by {separator!r}; declare separator: {other!r} of the task"
    return closest(given, names)


def of_tag_value(given: str) -> str:
    """Return advice for a cell of a tag's column that means neither present nor absent."""
    if looks_missing(given):
        return declare_missing(given)
    return f"look up its meaning in the data's description; then declare codes: {{{given!r}: 1}}, or 0 (absent)"


def of_one_hot(given: str) -> str | None:
    """Return advice for a cell of a class's column that is neither 0 nor 1."""
    if looks_missing(given):
        return declare_missing(given)
    return "if the columns hold numbers or shares of annotators, declare votes: true" if is_number(given) else None


def of_bad_number(given: str, *, finite: bool, decimal: str) -> str | None:
    """Return advice for a cell that is no number (``finite`` false), or a number outside the task's range."""
    if looks_missing(given):
        return declare_missing(given)
    if finite:
        return f"look up the meaning of {given} in the data's description; `range` of the task sets the allowed values"
    if decimal == "," and "." in given:
        return "the decimal mark is declared as ','; if it is '.', remove that; if '.' separates thousands, delete it"
    if decimal == "." and re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", given):
        plain = given.replace(",", "")
        return (
            f"if ',' separates thousands, write {plain}; if it is the decimal mark of this file, declare it: "
            "data.decimal: ',' in a config, build-graph --decimal ,"
        )
    if decimal == "." and re.fullmatch(r"[+-]?\d*,\d+", given):
        return "if ',' is the decimal mark of this file, declare data.decimal: ',' in a config, build-graph --decimal ,"
    return None


def of_label_columns(labels: Sequence[str], columns: Collection[str]) -> str | None:
    """Return advice on labels whose columns have other names; None where no column resembles a label.

    Example:
        >>> of_label_columns(["sad", "glad"], ["id", "is_sad", "Glad"])
        'name the column of each label: columns: {sad: is_sad, glad: Glad}'
    """
    meant: dict[str, str] = {}
    for label in labels:
        ends = tuple(f"{sign}{folded(label)}" for sign in "_-.: /")
        alike = [name for name in columns if folded(name) == folded(label) or folded(name).endswith(ends)]
        meant |= {label: alike[0]} if len(alike) == 1 else {}
    without = [label for label in labels if label not in meant]
    if without:
        return f"of its labels, {shorten(meant)} have a column, and {shorten(without)} have none" if meant else None
    return f"name the column of each label: columns: {{{', '.join(f'{k}: {v}' for k, v in meant.items())}}}"


def of_cells(name: str, column: str | None) -> str | None:
    """Return advice where ``name`` is no column but occurs in the cells of ``column``; None if ``column`` is None.

    Example:
        >>> of_cells("cat", "LabelName").partition(";")[0]
        "column 'LabelName' holds 'cat': where a row is a pair of a sample and a label, name its columns"
    """
    if column is None:
        return None
    return (
        f"column {column!r} holds {name!r}: where a row is a pair of a sample and a label, name its columns; "
        f"data.long: {{sample: ..., label: {column}, value: ...}} in a config, build-graph --long SAMPLE,{column},VALUE"
        "; "
        f"where it holds a class or a list in each row, column: {column} of the task"
    )


def code_advice(codes: Collection[str]) -> str:
    """Return advice for a code that is not declared."""
    if codes:
        return "look up its meaning in the data's description, and add it to the codes of the task"
    return "declare what the codes mean, codes: {0: ..., 1: ...}"


def is_number(text: str) -> bool:
    """Return whether a text is a decimal number."""
    return re.fullmatch(r"[+-]?\d+([.,]\d*)?", text) is not None


def _separator_of(given: str, names: Iterable[str], separator: str) -> str | None:
    """Return a separator other than ``separator`` that splits the text into parts with a known name, or None."""
    known = set(names)
    for other in (";", "|", ",", "/", "\t", " "):
        parts = [part.strip() for part in given.split(other)]
        if other != separator and len(parts) > 1 and known & set(parts):
            return other
    return None
