"""OpenCV, where it is installed: images are read and augmented several times faster with it, and are the same."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

OLDEST = 5
"""Version from which ``warpAffine`` interpolates exactly; before, source points are rounded to 1/32 of a pixel."""
Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@cache
def opencv() -> Any | None:
    """Return OpenCV, or None where there is none or it is older than :data:`OLDEST`."""
    if importlib.util.find_spec("cv2") is None:
        return None
    found = importlib.import_module("cv2")
    return found if int(found.__version__.partition(".")[0]) >= OLDEST else None


@contextmanager
def one_thread(cv2: Any) -> Iterator[None]:
    """Let OpenCV work in the calling thread: images are small, and threads of its own would not survive a fork."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def warped(cv2: Any, planes: Images, matrix: Floats, out: Images, *, replicate: bool = False) -> None:
    """Sample images bilinearly where an affine map says, plane by plane, which is faster than all channels at once.

    Args:
        cv2: OpenCV.
        planes: Channels of one image, [C, H, W].
        matrix: From the indices of output pixels (column, row, 1) to those of the image, [2, 3].
        out: Where to, [C, h, w].
        replicate: Whether the image's border goes on outside; else it is black there, and fades within one pixel.
    """
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    size, flags = out.shape[:0:-1], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for plane, target in zip(planes, out, strict=True):
        cv2.warpAffine(plane, matrix, size, dst=target, flags=flags, borderMode=border)
