"""Small SYNTHETIC images of faces, rendered from action units; no photographs, and not of real persons.

They replace AffectNet if it is not available: seven expressions with AffectNet's class frequencies, and valence and
arousal chosen so that the label graph measured on them is AffectNet's. Results on them say nothing about the
recognition of real expressions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.faces.synthetic.action_units import EXPRESSIONS
from gcnlabel.faces.synthetic.population import draw_population
from gcnlabel.faces.synthetic.renderer import SIZE, render
from gcnlabel.faces.synthetic.subjects import draw_identities, draw_scenes
from gcnlabel.progress import reported
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

__all__ = ["SYNTHETIC_TASKS", "synthetic_faces"]

SYNTHETIC_TASKS = TaskSet(
    [Categorical("expression", EXPRESSIONS), Dimensional("affect", ("valence", "arousal"), range=(-1, 1))]
)
SPLITS = ("train", "val", "test")
BLOCK = 128


def synthetic_faces(n: int, seed: int = 0, split: str = "train") -> tuple[npt.NDArray[np.uint8], Annotations]:
    """Return n rendered faces and their annotations.

    Args:
        n: Number of faces; class counts are AffectNet's frequencies, rounded.
        seed: Random seed; equal n, seed and split give equal faces.
        split: ``train``, ``val`` or ``test``; their faces are independent.

    Returns:
        Grey images uint8 [n, 1, 64, 64], and annotations of :data:`SYNTHETIC_TASKS`.

    Raises:
        InputError: n is less than 1 or the split is unknown.
    """
    if n < 1:
        raise InputError(f"{n} faces", expected="at least 1")
    if split not in SPLITS:
        raise InputError(f"unknown split {split!r} of the synthetic faces", expected=" | ".join(SPLITS))
    rng = np.random.default_rng([seed, SPLITS.index(split)])
    people = draw_population(n, rng)
    identity, scene = draw_identities(n, rng), draw_scenes(n, rng)
    images = np.empty((n, 1, SIZE, SIZE), dtype=np.uint8)
    for start in reported(range(0, n, BLOCK), -(-n // BLOCK)):
        rows = slice(start, start + BLOCK)
        images[rows] = render(people.units[rows], identity[rows], scene[rows], rng)
    targets = {"expression": people.expression, "affect": people.affect}
    ids = np.array([f"{split}-{i:06d}" for i in range(n)])
    return images, Annotations(SYNTHETIC_TASKS, targets, split=np.full(n, split), ids=ids)
