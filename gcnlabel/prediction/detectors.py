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

    box: x1, y1, x2, y2 in pixels of the image, [4]; it may extend beyond the image.
    score: Confidence of the detector, in 0..1.
    place: Region to crop and predict.
    """

    box: npt.NDArray[np.float64]
    score: float
    place: Place


@runtime_checkable
class Detector(Protocol):
    """Finds regions in images."""

    def find(self, picture: Image.Image) -> Sequence[Detection]:
        """Return the detections in an upright RGB image, by descending score."""


DETECTORS = Registry("detector", "gcnlabel.prediction.detectors", default="centerface", makes=Detector)
"""Functions ``(*, options)`` that return a :class:`Detector`."""
