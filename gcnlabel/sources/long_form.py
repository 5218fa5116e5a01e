"""Columns of a table in long form."""

from __future__ import annotations

from gcnlabel.settings import Section


class LongForm(Section):
    """Columns of a table in long format, with one row per pair of sample and label.

    Attributes:
        sample: Column with the id of the sample.
        label: Column with the name of the label.
        value: Column with the value of the label.
    """

    sample: str
    label: str
    value: str
