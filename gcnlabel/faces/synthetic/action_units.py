"""Facial action units of the basic expressions (Ekman & Friesen, Facial Action Coding System)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

ACTION_UNITS: dict[int, str] = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    12: "lip corner puller",
    15: "lip corner depressor",
    17: "chin raiser",
    20: "lip stretcher",
    23: "lip tightener",
    26: "jaw drop",
    43: "eye closure",
}
UNITS = tuple(ACTION_UNITS)

EXPRESSIONS = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")

PROTOTYPES: dict[str, tuple[int, ...]] = {
    "neutral": (),
    "happy": (6, 12),
    "sad": (1, 4, 15, 17),
    "surprise": (1, 2, 5, 26),
    "fear": (1, 2, 4, 5, 20, 26),
    "disgust": (4, 7, 9, 10, 15, 17),
    "anger": (4, 5, 7, 23),
}


def units_of(names: tuple[int, ...]) -> Floats:
    """Return full intensity of the named units, [units].

    Example:
        >>> int(units_of((6, 12)).sum())
        2
    """
    return np.array([unit in names for unit in UNITS], dtype=np.float32)


PROTOTYPE_MATRIX: Floats = np.stack([units_of(PROTOTYPES[name]) for name in EXPRESSIONS])
"""Intensity 0..1 of each unit in each expression, [expressions, units]."""

VALENCE_UNITS: Floats = 0.5 * units_of((12,)) - 0.25 * units_of((4, 15))
"""Change of each action unit per unit of valence above the mean of the expression, [units]."""

AROUSAL_UNITS: Floats = 0.7 * units_of((5, 26)) + 0.35 * units_of((2,)) - 0.8 * units_of((43,))
"""Change of each action unit per unit of arousal above the mean of the expression, [units]."""
