"""Declared layout of a table file, where it cannot be detected."""

from __future__ import annotations

from dataclasses import dataclass

from gcnlabel.errors import InputError


@dataclass(frozen=True)
class Long:
    """Columns of a table in long form: one row per pair of a sample and a label.

    Attributes:
        sample: Column that names the sample.
        label: Column that names the label.
        value: Column of the pair's annotation: a tag's value or a number.
    """

    sample: str
    label: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Long:
        """Parse ``SAMPLE,LABEL,VALUE``.

        Example:
            >>> Long.parse("ImageID,LabelName,Confidence").label
            'LabelName'
        """
        names = text.split(",")
        if len(names) != 3 or not all(names):
            raise InputError(
                f"--long {text}",
                expected="three columns: SAMPLE,LABEL,VALUE",
                fix="a table of the present labels alone needs a column of values too, of 1 in each row; pairs that "
                "do not occur are 'not annotated', or with codes: {'': 0} of the task absent",
            )
        return cls(*names)


@dataclass(frozen=True)
class Layout:
    """Layout of a table file.

    Attributes:
        delimiter: Delimiter of cells in a text file; None to detect it from the first rows.
        names: Names of the columns of a text file without a header.
        decimal: ``.`` or ``,``, the decimal mark of numbers that are written as text.
        long: Columns of a table with one row per pair of a sample and a label; None for one row per sample.
        quotes: Whether cells of a text file may be quoted, and then hold delimiters and line breaks; otherwise quotes
            are ordinary characters.

    Raises:
        InputError: A value is not allowed.
    """

    delimiter: str | None = None
    names: tuple[str, ...] = ()
    decimal: str = "."
    long: Long | None = None
    quotes: bool = True

    def __post_init__(self) -> None:
        """Check what is given."""
        if self.delimiter == "\\t":  # as shells leave it
            object.__setattr__(self, "delimiter", "\t")
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise InputError(f"delimiter {self.delimiter!r}", expected="one character; a space means any spaces")
        if self.decimal not in (".", ","):
            raise InputError(f"decimal {self.decimal!r}", expected=". or ,")
        if self.delimiter == self.decimal:
            raise InputError(f"delimiter and decimal mark are both {self.decimal!r}", expected="two different ones")
        object.__setattr__(self, "names", tuple(self.names))
        twice = [name for name in self.names if not name or self.names.count(name) > 1]
        if twice:
            raise InputError(f"names: {twice[0]!r} is empty or a duplicate", expected="one unique name per column")


AS_SEEN = Layout()
"""Nothing declared: everything is detected from the file."""
