"""Convert the non-label attributes of ARFF files to features, matched by name and value."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations.arff_attribute import Attribute
from gcnlabel.annotations.arff_file import ArffFile
from gcnlabel.annotations.arff_tags import meaning_of, word
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.tasks.tag_words import PAIRS

MAX_CELLS = 2**28
"""Largest number of feature values of a dense file: 1 GiB in float32."""


@dataclass(frozen=True)
class Input:
    """Encoding of an attribute as features.

    A number is one column. Two nominal values are one column: a known pair as 0 (absent) and 1 (present), others as 0
    and 1 in the order of their names. More values are one-hot, in the order of their declaration.

    Attributes:
        name: Name of the attribute.
        values: Value -> its number (one column), or the index of its column (one-hot); None for numbers.
        width: Number of columns.
    """

    name: str
    values: dict[str, float] | None = None
    width: int = 1

    @classmethod
    def of(cls, attribute: Attribute) -> Input:
        """Return the input of an attribute.

        Example:
            >>> Input.of(Attribute("sex", "nominal", ("male", "female"))).values
            {'female': 0.0, 'male': 1.0}
            >>> Input.of(Attribute("rain", "nominal", ("YES", "NO"))).values
            {'no': 0.0, 'yes': 1.0}
        """
        if attribute.kind == "numeric":
            return cls(attribute.name)
        words = {word(value) for value in attribute.values}
        if meaning_of(attribute.values) is not None:
            pairs = [pair for pair in PAIRS if words <= set(pair)]
            return cls(attribute.name, {value: float(i) for pair in pairs for i, value in enumerate(pair)})
        if len(attribute.values) == 2:
            return cls(attribute.name, {value: float(i) for i, value in enumerate(sorted(attribute.values))})
        if len(attribute.values) == 1:
            return cls(attribute.name, {attribute.values[0]: 1.0})
        return cls(attribute.name, {value: float(i) for i, value in enumerate(attribute.values)}, len(attribute.values))

    def is_plain(self, attribute: Attribute) -> bool:
        """Return whether the cells of a file need no conversion."""
        codes = [float(i) for i in range(len(attribute.values))]
        return self.values is None or (self.width == 1 and self._table(attribute) == codes)

    def block(self, file: ArffFile, place: int) -> Any:
        """Return the columns [N, width] of one file, NaN where the cell is missing.

        Raises:
            InputError: A cell has a value that is not known.
        """
        attribute, codes = file.attributes[place], file.column(place)
        table = np.array([*self._table(attribute), np.nan])
        cells = table[np.where(np.isnan(codes), -1, codes).astype(np.int64)]
        strange = np.flatnonzero(np.isnan(cells) & ~np.isnan(codes))
        if len(strange):
            value = attribute.value(float(codes[strange[0]]))
            raise InputError(
                f"attribute {self.name!r} has the value {value!r}, which the first file does not declare",
                where=f"{file.path}, line {file.lines[strange[0]]}",
                expected=shorten(self.values or ()),
                fix=closest(value, self.values or ()),
            )
        return cells[:, None] if self.width == 1 else _one_hot(cells, self.width)

    def _table(self, attribute: Attribute) -> list[float]:
        known = self.values or {}
        return [known.get(value, known.get(word(value), np.nan)) for value in attribute.values]


def read_inputs(files: Sequence[ArffFile], targets: Sequence[Collection[int]], complete: bool = False) -> list[Any]:
    """Return the features of each file, float32 [N, D], CSR where it is sparse.

    Args:
        files: The files; the first sets the columns.
        targets: Indices of the target attributes in each file.
        complete: Refuse missing cells.

    Raises:
        InputError: The files have different inputs, or a value that is not known, missing or not finite in float32.

    Warns:
        GcnlabelWarning: Texts and dates are left out.
    """
    places = [
        {a.name: i for i, a in enumerate(file.attributes) if i not in out and not a.is_text}
        for file, out in zip(files, map(set, targets), strict=True)
    ]
    texts = {
        a.name: file
        for file, out in zip(files, map(set, targets), strict=True)
        for i, a in enumerate(file.attributes)
        if a.is_text and i not in out
    }
    if texts:
        where = shorten(dict.fromkeys(file.path for file in texts.values()))
        text = f"{where}: texts and dates are no inputs and are left out: {shorten(texts)}"
        warnings.warn(text, GcnlabelWarning, stacklevel=4)
    inputs = [Input.of(files[0].attributes[i]) for i in places[0].values()]
    for file, there in zip(files, places, strict=True):
        _check_same(files[0], file, places[0], there)
    return [
        _features(file, inputs, [there[each.name] for each in inputs], complete)
        for file, there in zip(files, places, strict=True)
    ]


def _check_same(first: ArffFile, file: ArffFile, expected: dict[str, int], there: dict[str, int]) -> None:
    for names, where, other in ((expected, file, there), (there, first, expected)):
        lacking = [name for name in names if name not in other]
        if lacking:
            what = f"{where.path} lacks inputs of the other file: {shorten(lacking)}"
            raise InputError(what, expected="the same attributes in every file", fix=closest(lacking[0], other))
    for name, place in there.items():
        kinds = [first.attributes[expected[name]].kind, file.attributes[place].kind]
        if kinds[0] != kinds[1]:
            raise InputError(f"attribute {name!r} is {kinds[0]} in {first.path}, {kinds[1]} in {file.path}")


def _features(file: ArffFile, inputs: Sequence[Input], places: Sequence[int], complete: bool) -> Any:
    is_sparse, rows = sparse.issparse(file.cells), len(file.lines)
    width = sum(each.width for each in inputs)
    if not is_sparse and rows * width > MAX_CELLS:
        wide = max(inputs, key=lambda each: each.width)
        what = f"{rows} rows of {width} features do not fit in memory; {wide.name!r} alone has {wide.width} values"
        raise InputError(what, where=file.path, fix="leave out attributes that name the rows")
    blocks: list[Any] = []
    pairs = list(zip(inputs, places, strict=True))
    for plain, part in groupby(pairs, lambda pair: pair[0].is_plain(file.attributes[pair[1]])):
        run = list(part)
        blocks += [file.cells[:, [place for _, place in run]]] if plain else [i.block(file, place) for i, place in run]
    with np.errstate(over="ignore"):
        blocks = [block.astype(np.float32) for block in blocks]
    if not blocks:
        return np.zeros((rows, 0), dtype=np.float32)
    whole = sparse.csr_matrix(sparse.hstack(blocks)) if is_sparse else np.concatenate(blocks, axis=1)
    _check_cells(file, whole, inputs, complete)
    return whole


def _check_cells(file: ArffFile, features: Any, inputs: Sequence[Input], complete: bool) -> None:
    coordinates = features.tocoo() if sparse.issparse(features) else None
    cells = features if coordinates is None else coordinates.data
    bad = ~np.isfinite(cells) if complete else np.isinf(cells)
    if not bad.any():
        return
    rows, columns = np.nonzero(bad) if coordinates is None else (coordinates.row[bad], coordinates.col[bad])
    name = [each.name for each in inputs for _ in range(each.width)][columns[0]]
    number, where = features[rows[0], columns[0]], f"{file.path}, line {file.lines[rows[0]]}"
    if np.isnan(number):
        raise InputError(f"input {name!r} is missing", where=where, fix="fill in missing inputs first")
    raise InputError(f"input {name!r} is a number that 32 bits cannot hold", where=where)


def _one_hot(columns: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float32]:
    block = np.zeros((len(columns), width), dtype=np.float32)
    known = np.flatnonzero(~np.isnan(columns))
    block[known, columns[known].astype(np.int64)] = 1
    block[np.isnan(columns)] = np.nan
    return block
