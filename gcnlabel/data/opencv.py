"""OpenCV (optional): reads and augments images several times faster than Pillow and PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

OLDEST = 5
"""Version from which ``warpAffine`` interpolates exactly; before, source points are rounded to 1/32 of a pixel."""


@cache
def opencv() -> Any | None:
    """Return OpenCV, or None if it is not installed, cannot be loaded or is older than :data:`OLDEST`."""
    if importlib.util.find_spec("cv2") is None:
        return None
    try:
        found = importlib.import_module("cv2")
    except ImportError:  # e.g. opencv-python on a system without libGL
        return None
    return found if int(found.__version__.partition(".")[0]) >= OLDEST else None


@contextmanager
def one_thread(cv2: Any) -> Iterator[None]:
    """Let OpenCV use only the calling thread: images are small, and its own threads would not survive a fork."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
