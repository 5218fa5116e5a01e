"""What messages about cells tell their reader to do: nothing that would spoil the data of those who follow it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from gcnlabel.errors import closest, shorten
from gcnlabel.tasks.matching import folded

MARKERS = ("", "na", "n/a", "nan", "<na>", "#n/a", "nat", "null", "none", "?", "-")
"""What tables write for "nothing", in lower case; it counts as missing only where it is declared."""


def looks_missing(text: str) -> bool:
    """Return whether a text looks like a marker of missing values. No value does: neither -1 nor ``unknown``."""
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
    return f"if it means 'not annotated', say so: {places}"


def of_unknown_class(given: str, known: Collection[str], codes: Collection[str]) -> str | None:
    """Return what to do about a cell that names no class."""
    near = closest(given, [*known, *codes])
    if looks_missing(given) and given.lower() not in (name.lower() for name in known):
        return declare_missing(given)
    return code_advice(codes) if is_number(given) else near


def of_unknown_tag(
    given: str, known: Collection[str], codes: Collection[str], separator: str, *, alone: bool
) -> str | None:
    """Return what to do about a text that is no tag, of a cell that lists several or holds it alone."""
    names = [*known, *codes]
    if looks_missing(given) and given.lower() not in (name.lower() for name in known):
        if not alone:
            return "leave it out of the list"
        none = f"if it means 'no tag', say so: empty: {given!r} of the task; " if given.lower() in ("none", "-") else ""
        return none + declare_missing(given)
    if is_number(given):
        return code_advice(codes)
    other = _separator_of(given, names, separator)
    if other is not None:
        return f"separator: {separator!r} stands between the tags of a cell; declare separator: {other!r} of the task"
    return closest(given, names)


def of_tag_value(given: str) -> str:
    """Return what to do about the cell of a tag's column that says neither that the tag is there nor that it is not."""
    if looks_missing(given):
        return declare_missing(given)
    return f"see in the description of the data what it means; then codes: {{{given!r}: 1}} of the task, or 0 (absent)"


def of_one_hot(given: str) -> str | None:
    """Return what to do about the cell of a class's column that does not say whether it is the class."""
    if looks_missing(given):
        return declare_missing(given)
    return "where the columns hold numbers or shares of annotators, say so: votes: true" if is_number(given) else None


def of_bad_number(given: str, *, finite: bool, decimal: str) -> str | None:
    """Return what to do about a cell that is no number, or one outside the range of its task."""
    if looks_missing(given):
        return declare_missing(given)
    if finite:
        return f"see in the description of the data what {given} means; `range` of the task says which values there are"
    if decimal == "," and "." in given:
        return "the decimal mark is declared to be ','; leave that out where it is '.'; take '.' out between thousands"
    if decimal == "." and re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", given):
        plain = given.replace(",", "")
        return (
            f"if ',' stands between thousands, write {plain}; if it is the decimal mark of this file, say so: "
            "data.decimal: ',' in a config, build-graph --decimal ,"
        )
    if decimal == "." and re.fullmatch(r"[+-]?\d*,\d+", given):
        return "if ',' is the decimal mark of this file, say so: data.decimal: ',' in a config, build-graph --decimal ,"
    return None


def of_label_columns(labels: Sequence[str], columns: Collection[str]) -> str | None:
    """Return how to name the columns of labels that are written otherwise, None where no column looks like one.

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
    """Return what to do where a column that is looked for stands in the cells of another one, None where it does not.

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
    """Return what to do about a code that is not declared."""
    if codes:
        return "see in the description of the data what it stands for, and add it to the codes of the task"
    return "declare what the codes mean, codes: {0: ..., 1: ...}"


def is_number(text: str) -> bool:
    """Return whether a text is a decimal number."""
    return re.fullmatch(r"[+-]?\d+([.,]\d*)?", text) is not None


def _separator_of(given: str, names: Iterable[str], separator: str) -> str | None:
    """Return what stands between known names in a text, where something does."""
    known = set(names)
    for other in (";", "|", ",", "/", "\t", " "):
        parts = [part.strip() for part in given.split(other)]
        if other != separator and len(parts) > 1 and known & set(parts):
            return other
    return None
