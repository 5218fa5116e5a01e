"""Interface and registry of detectors, which find the regions of an image to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.registry import Registry
from gcnlabel.sources.source import Place


@dataclass(frozen=True)
class Detection:
    """A detection in an image.

    Attributes:
        box: x1, y1, x2, y2 in pixels of the picture, [4]; it may reach beyond the picture.
        score: How sure the detector is, in 0..1.
        place: What is cut out and predicted.
    """

    box: npt.NDArray[np.float64]
    score: float
    place: Place


@runtime_checkable
class Detector(Protocol):
    """Finds places in pictures."""

    def find(self, picture: Image.Image) -> Sequence[Detection]:
        """Return what is in an upright RGB picture, the surest first."""


DETECTORS = Registry("detector", "gcnlabel.prediction.detectors", default="centerface", makes=Detector)
"""Each makes a :class:`Detector`, of nothing but its options."""
