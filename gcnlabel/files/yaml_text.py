"""Parse YAML of plain values, with limits on size and depth."""

from __future__ import annotations

from typing import Any

import yaml

from gcnlabel.errors import InputError

MAX_VALUES, MAX_DEPTH = 1_000_000, 50
"""Largest number of values, with aliases expanded, and of levels; far more than a config or task file needs."""


def parse_yaml(text: str, where: object) -> Any:
    """Return the values of a YAML text: mappings, lists, texts, numbers, booleans and nulls.

    Args:
        text: The text.
        where: Its name in messages.

    Raises:
        InputError: It is not valid YAML, has other values (such as dates or integers of more than 64 bits), has
            recursive aliases, or exceeds the limits on size and depth.

    Example:
        >>> parse_yaml("a: [1, x]", "text")
        {'a': [1, 'x']}
    """
    try:
        values = yaml.safe_load(text)
        _check(values, {}, 0)
    except yaml.YAMLError as error:
        raise InputError(f"not valid YAML: {error}", where=where) from error
    except RecursionError as error:
        raise InputError("too many nested levels", where=where) from error
    except (ValueError, TypeError, AttributeError, LookupError) as error:  # of single values, by PyYAML
        raise InputError(f"not valid YAML: {error}", where=where, fix="quote the texts that YAML misreads") from error
    return values


def _check(value: Any, sizes: dict[int, int], depth: int) -> int:
    """Check a value, and return its number of values with aliases expanded."""
    if isinstance(value, str | bool | float | None):
        return 1
    if isinstance(value, int):
        if abs(value) >= 2**63:
            raise ValueError("a number of more than 64 bits")
        return 1
    if not isinstance(value, dict | list):
        raise ValueError(f"YAML reads {value!s} as a {type(value).__name__}")
    if depth == MAX_DEPTH:
        raise ValueError(f"more than {MAX_DEPTH} levels")
    if sizes.get(id(value)) == 0:
        raise ValueError("a recursive alias")
    if id(value) not in sizes:
        sizes[id(value)] = 0
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_check(item, sizes, depth + 1) for item in inside)
    if sizes[id(value)] > MAX_VALUES:
        raise ValueError(f"more than {MAX_VALUES:,} values, with aliases expanded")
    return sizes[id(value)]
