"""Lists that hold a 0 or 1 for each label instead of labels, and labels that contain the separator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from gcnlabel.annotations.advice import looks_missing
from gcnlabel.annotations.list_text import list_items
from gcnlabel.errors import InputError
from gcnlabel.tasks.tag_words import tag_value

Lists = Sequence[list[str] | None]


def holds_values(listed: Lists, known: Mapping[str, int], where: str) -> bool:
    """Return whether lists hold one value per label, instead of the present labels.

    They do if all have one length and hold only values (0 / 1 and their words, or missing), and a value is repeated
    within a list, or each list has one value per label and no value is a label.

    Args:
        listed: The lists.
        known: Names and declared codes of the labels -> their index.
        where: Name of the column in messages.

    Raises:
        InputError: Both readings are possible, as for ``[0, 1]`` with two labels.

    Example:
        >>> known = {"0": 0, "1": 1, "2": 2}
        >>> holds_values([["0", "0", "1"], None, ["1.0", "0.0", "1.0"]], known, "")
        True
        >>> holds_values([["0", "1"], ["2", "1"]], known, "")
        False
    """
    given = [items for items in listed if items is not None]
    if len({len(items) for items in given}) != 1 or not given[0]:
        return False
    values = {item for items in given for item in items}
    if not all(_value(item) is not None or looks_missing(item) for item in values):
        return False
    if any(len({_value(item) for item in items}) < len(items) for items in given):
        return True
    if len(given[0]) != len(set(known.values())) or any(_value(item) is None for item in values):
        return False
    if values.isdisjoint(known):
        return True
    raise InputError(
        f"lists such as [{', '.join(given[0])}] can be the present labels, or one value per label",
        where=where,
        expected="lists of label names, or lists with only one reading",
        fix="list the names of the labels instead, or write one column per label",
    )


def tags_of_values(listed: Lists, known: Mapping[str, int], where: str) -> list[list[str] | None]:
    """Return the positions of the 1s in each list, as codes; None for a missing list.

    Args:
        listed: Lists for which :func:`holds_values` is true.
        known: Names and declared codes of the labels -> their index.
        where: Name of the column in messages.

    Raises:
        InputError: A position is no declared code, there are more labels than positions, or a value is missing.

    Example:
        >>> tags_of_values([["0", "0", "1"], None], {"0": 0, "1": 1, "2": 2}, "frame, column 'tags'")
        [['2'], None]
    """
    size = next(len(items) for items in listed if items is not None)
    undeclared = [str(i) for i in range(size) if str(i) not in known]
    labels = len(set(known.values()))
    if undeclared or labels != size:
        problem = f"no label for position {undeclared[0]}" if undeclared else f"{labels} labels"
        raise InputError(
            f"lists of {size} values of 0 and 1, one for each label, and {problem}",
            where=where,
            expected="codes: position -> label, the first position is 0",
            fix=f"codes: {{0: LABEL, 1: LABEL, ...}}, {size} of them, in the order of the data's description",
        )
    if any(_value(item) is None for items in listed for item in items or ()):
        what = f"lists of {size} values of 0 and 1, one for each label, some of them missing"
        raise InputError(what, where=where, expected="0 or 1", fix="write one column per label, with empty cells")
    return [None if items is None else [str(i) for i, item in enumerate(items) if _value(item)] for items in listed]


def split_label(cell: str, labels: Collection[str], separator: str) -> str | None:
    """Return a label in a cell that contains the separator and would be split by it, or None.

    Example:
        >>> split_label("Paris, New York", ["New York", "Paris"], " "), split_label('["New York"]', ["New York"], " ")
        ('New York', None)
    """
    if list_items(cell) is not None:
        return None
    whole = _spaced(cell, separator)
    return next((label for label in labels if separator in label and _spaced(label, separator) in whole), None)


def _spaced(text: str, separator: str) -> str:
    return separator.join(["", *filter(None, map(str.strip, text.split(separator))), ""])


def _value(item: str) -> int | None:
    value = tag_value(item)
    return None if value == -1 else value
