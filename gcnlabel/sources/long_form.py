"""Columns of a table in long form."""

from __future__ import annotations

from gcnlabel.settings import Section


class LongForm(Section):
    """Columns of a table that has a row for each pair of a sample and a label.

    Attributes:
        sample: Column that names the sample.
        label: Column that names the label.
        value: Column of what is known of it.
    """

    sample: str
    label: str
    value: str
