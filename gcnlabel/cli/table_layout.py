"""Layout of tables, from command line options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gcnlabel.annotations import Layout, Long


def layout_of(options: Mapping[str, Any]) -> Layout:
    """Return the layout from ``--delimiter``, ``--names``, ``--decimal``, ``--long`` and ``--no-quotes``.

    Example:
        >>> layout_of({"delimiter": ";", "names": "id,cat", "decimal": ",", "long": None, "quotes": True}).names
        ('id', 'cat')
    """
    long = None if options["long"] is None else Long.parse(options["long"])
    names = () if options["names"] is None else tuple(options["names"].split(","))
    return Layout(options["delimiter"], names, options["decimal"], long, options["quotes"])
