"""Compute eye centres from 68 facial landmarks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]

COORDINATES = 2 * 68
EYE_POINTS = slice(36, 48)
"""Points 36 to 41 are one eye, 42 to 47 the other (0-based)."""

NO_LANDMARKS = "no landmarks, eyes unknown"
MALFORMED = "landmarks malformed, eyes unknown"
EQUAL = "eye centres equal, eyes unknown"


@dataclass(frozen=True)
class Eyes:
    """Eye centres, and the reasons why some are unknown.

    Attributes:
        centres: (x, y) of each eye, the left one in the image first, float64 [N, 2, 2], NaN where unknown.
        problems: Reason -> rows, bool [N].
    """

    centres: Array
    problems: dict[str, Array]


def eyes_from_points(points: Array, absent: Array) -> Eyes:
    """Return the eye centres as the means of the six points of each eye.

    Args:
        points: Points 36 to 47, [N, 12, 2]; NaN for invalid ones.
        absent: Rows without landmarks, bool [N].

    Example:
        >>> points = np.repeat([[[4.0, 1.0], [2.0, 1.0]]], 6, axis=1)  # the first eye is right of the second
        >>> eyes_from_points(points, np.array([False])).centres.tolist()
        [[[2.0, 1.0], [4.0, 1.0]]]
    """
    centres = points.reshape(-1, 2, 6, 2).mean(axis=2)  # [N, 2, 2]
    unreadable = ~np.isfinite(centres).all(axis=(1, 2))
    centres[unreadable] = np.nan
    equal = ~unreadable & (np.abs(centres[:, 0] - centres[:, 1]) < 1e-6).all(axis=1)
    centres[equal] = np.nan
    swapped = centres[:, 0, 0] > centres[:, 1, 0]
    centres[swapped] = centres[swapped, ::-1]
    return Eyes(centres, {NO_LANDMARKS: absent, MALFORMED: unreadable & ~absent, EQUAL: equal})


def eye_coordinates(landmarks: Array) -> Array:
    """Return the 24 coordinates of the eyes' points from 136 numbers; NaN if there are not 136 numbers.

    Args:
        landmarks: 136 numbers, or one text ``x;y;x;y;...``.
    """
    values: Array = np.asarray(landmarks).ravel()
    if values.size == 1 and values.dtype.kind in "US":
        values = np.array(str(values.astype(str)[0]).strip(" ;[]").split(";"))
    if values.size == COORDINATES:
        with suppress(ValueError):
            return values[2 * EYE_POINTS.start : 2 * EYE_POINTS.stop].astype(np.float64)
    return np.full(2 * 12, np.nan)


def eyes_from_text(text: pl.Series) -> Eyes:
    """Return the eyes from landmarks as text ``x;y;x;y;...`` of 136 numbers; null means no landmarks.

    Example:
        >>> eyes = eyes_from_text(pl.Series([";".join(str(i) for i in range(136)), "1;2", None]))
        >>> eyes.centres[0].tolist(), [rows.tolist() for rows in eyes.problems.values()][:2]
        ([[77.0, 78.0], [89.0, 90.0]], [[False, False, True], [False, True, False]])
    """
    cells = text.str.strip_chars(" ;[]")
    whole = (cells.str.count_matches(";", literal=True) == COORDINATES - 1).fill_null(False)
    numbers = np.full((len(text), 2 * 12), np.nan)
    if whole.any():
        parts = cells.filter(whole).str.split(";").list.slice(2 * EYE_POINTS.start, 2 * 12)
        read = parts.explode().str.strip_chars().cast(pl.Float64, strict=False)
        numbers[whole.to_numpy()] = read.fill_null(np.nan).to_numpy().reshape(-1, 2 * 12)
    return eyes_from_points(numbers.reshape(-1, 12, 2), text.is_null().to_numpy())
