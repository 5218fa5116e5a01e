"""Decide which value of an ARFF label means present. The order of the declared values is never used."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.arff_file import ArffFile
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.tasks.number_text import number_of
from gcnlabel.tasks.tag_words import PAIRS

Meaning = dict[str, float]


def word(value: str) -> str:
    """Return a value as :data:`~gcnlabel.tasks.tag_words.PAIRS` write it: in lower case, 0, 1 and -1 as whole numbers.

    Example:
        >>> word(" TRUE"), word("1.0"), word("-1.00"), word("1.5")
        ('true', '1', '-1', '1.5')
    """
    text = value.strip().casefold()
    with suppress(ValueError):
        number = number_of(text)
        return str(int(number)) if number in (-1, 0, 1) else text
    return text


def meaning_of(values: Sequence[str]) -> Meaning | None:
    """Return value -> 0 (absent) or 1 (present), or None where the values are no known pair.

    Example:
        >>> meaning_of(["yes", "no"]), meaning_of(["1"]), meaning_of(["K", "NEG"]), meaning_of(["-1"])
        ({'yes': 1.0, 'no': 0.0}, {'1': 1.0}, None, None)
    """
    words = {word(value) for value in values}
    if len(words) < len(values) or not words or words == {"-1"}:
        return None
    pair = next((pair for pair in PAIRS if words <= set(pair)), None)
    return None if pair is None else {value: float(pair.index(word(value))) for value in values}


def _written(file: ArffFile, place: int) -> Sequence[str]:
    attribute = file.attributes[place]
    return attribute.values if attribute.kind == "nominal" else file.used(place)


class Tags:
    """Labels of several files that are read as one data set; a label's meaning is decided from its values in all files.

    Args:
        files: The files.
        places: Label -> index of its attribute in each file.
        present: Label -> its value that means present, where its values are no known pair.
        missing: Label -> values that mean "not annotated".

    Raises:
        InputError: The meaning of a label's values is unknown, or ``present`` has no effect or names an unknown label
            or value.
    """

    def __init__(
        self,
        files: Sequence[ArffFile],
        places: Mapping[str, Sequence[int]],
        present: Mapping[str, str],
        missing: Mapping[str, Sequence[str]],
    ) -> None:
        self._files, self._places = files, places
        unknown = [name for name in present if name not in places]
        if unknown:
            raise InputError(
                f"present names unknown tags: {shorten(unknown)}",
                expected=shorten(places) or None,
                fix=closest(unknown[0], places),
            )
        self._values = {name: self._values_of(name, missing.get(name, ())) for name in places}
        found = {name: meaning_of(values) or self._of_each_file(name) for name, values in self._values.items()}
        declared = {name: self._declared(name, value, found[name]) for name, value in present.items()}
        self._meaning = {name: declared.get(name, meaning) for name, meaning in found.items()}
        self._refuse_unclear()

    def column(self, name: str, which: int) -> npt.NDArray[np.float32]:
        """Return 0, 1 or NaN for each row of the file with index ``which``, float32 [N].

        Warns:
            GcnlabelWarning: Sparse rows leave out a label whose first value, which they then have, means present.
        """
        file, place = self._files[which], self._places[name][which]
        attribute, codes, meaning = file.attributes[place], file.column(place), self._meaning[name] or {}
        known, inverse = np.unique(codes, return_inverse=True)  # at most one NaN
        table = [np.nan if np.isnan(code) else meaning.get(attribute.value(code), np.nan) for code in known.tolist()]
        left_out = 0 if attribute.kind == "numeric" else file.left_out(place)
        if left_out and meaning.get(attribute.values[0]) == 1:
            text = f"{file.path}: {left_out} sparse row(s) leave out the label {name!r}: by ARFF's rule they have its"
            text += f" first declared value, {attribute.values[0]!r}, which means present"
            warnings.warn(text, GcnlabelWarning, stacklevel=5)
        tags: npt.NDArray[np.float32] = np.array(table, dtype=np.float32)[inverse.reshape(-1)]
        return tags

    def _values_of(self, name: str, missing: Sequence[str]) -> list[str]:
        """Return the values of a label over all files: declared nominal values, or the numbers that occur."""
        values: dict[str, None] = {}
        for file, place in zip(self._files, self._places[name], strict=True):
            values |= dict.fromkeys(_written(file, place))
        return [value for value in values if value not in ("?", *missing)]

    def _of_each_file(self, name: str) -> Meaning | None:
        """Return the meaning where each file uses its own known pair (no / yes, 0 / 1), else None."""
        meaning: Meaning = {}
        for file, place in zip(self._files, self._places[name], strict=True):
            own = meaning_of([value for value in _written(file, place) if value in self._values[name]])
            if own is None:
                return None
            meaning |= own
        return None if {"-1", "0"} <= set(map(word, meaning)) else meaning

    def _declared(self, name: str, value: str, known: Meaning | None) -> Meaning:
        values, given = self._values[name], word(value)
        exact = len(values) == 2 and value in values
        chosen = {each for each in values if (each == value if exact else word(each) == given)}
        absent_alone = len(values) == 1 and (meaning_of([value, *values]) is not None or not closest(value, values))
        if not chosen and not absent_alone:
            what = f"present: {value!r} is no value of the label {name!r}"
            raise InputError(what, expected=shorten(values), fix=closest(value, values))
        if not exact and len(set(map(word, values))) > 2:
            return {}
        meaning = {each: float(each in chosen) for each in values}
        if meaning == known:
            raise InputError(f"present: {{{name}: {value}}} has no effect: it is so by default", fix="leave it out")
        return meaning

    def _refuse_unclear(self) -> None:
        unclear = [name for name, meaning in self._meaning.items() if not meaning and self._values[name]]
        if not unclear:
            return
        name, where = unclear[0], ", ".join(str(file.path) for file in self._files)
        values, more = self._values[name], f" (and {len(unclear) - 1} more such labels)" if len(unclear) > 1 else ""
        if len(values) > 2:
            attribute = self._files[0].attributes[self._places[name][0]]
            kind = "dimensional" if attribute.kind == "numeric" else "categorical"
            raise InputError(
                f"label {name!r} has values other than 0 and 1: {shorten(values, 5)}{more}",
                where=where,
                expected=f"a tag; classes and numbers are declared by tasks: {{...: {{type: {kind}, ...}}}}",
            )
        fix = "declare it: " + " or ".join(f"present: {{{name!r}: {value!r}}}" for value in values)
        if len(values) == 1:
            fix += " if that means present; otherwise name the value for present, which no row has"
        raise InputError(
            f"it is not known which value of label {name!r} means present: {shorten(values)}{more}",
            where=where,
            expected=", ".join(" / ".join(pair) for pair in PAIRS),
            fix=fix,
        )
