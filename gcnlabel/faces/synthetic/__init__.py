"""Small images of faces, drawn from action units: SYNTHETIC, no photograph and nobody's face.

They stand in for AffectNet where it cannot be had: seven expressions with AffectNet's class frequencies, valence and
arousal such that the label graph measured on them is AffectNet's. Whatever is learnt on them says nothing of how well
a model recognises real expressions.
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
    """Draw n faces and what they show.

    Args:
        n: Number of faces; their class counts are AffectNet's frequencies, rounded.
        seed: Seed; the same n, seed and split give the same faces.
        split: ``train``, ``val`` or ``test``; each is another population.

    Returns:
        Images uint8 [n, 1, 64, 64] (grey: no expression here has a colour), and annotations of
        :data:`SYNTHETIC_TASKS`.

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
