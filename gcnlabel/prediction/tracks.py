"""Track boxes through the frames of a video by their overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import linear_sum_assignment
from torchvision.ops import box_iou

MIN_OVERLAP = 0.3
"""Minimum intersection over union of two successive boxes of a track."""
MAX_GAP = 1.0
"""Seconds without a detection after which a track ends."""


class Tracks:
    """Assigns boxes to tracks frame by frame, and numbers the tracks from 1.

    A box continues a track if its intersection over union with the last box of the track is at least
    :data:`MIN_OVERLAP`, and that box is from the previous frame or at most :data:`MAX_GAP` seconds old. Boxes and
    tracks are paired so that the sum of overlaps is largest (linear sum assignment). Other boxes begin new tracks.

    Example:
        >>> tracks = Tracks()
        >>> tracks.numbers(0.0, [[0, 0, 10, 10], [50, 0, 60, 10]])
        [1, 2]
        >>> tracks.numbers(0.1, [[51, 0, 61, 10], [90, 0, 99, 10], [1, 0, 11, 10]])
        [2, 3, 1]
        >>> tracks.numbers(2.0, [[50, 0, 60, 10]]), tracks.numbers(3.5, [[1, 0, 11, 10]])
        ([2], [4])
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[float, npt.ArrayLike]] = {}
        self._count = 0
        self._before = 0.0

    def numbers(self, time: float, boxes: Sequence[npt.ArrayLike]) -> list[int]:
        """Return the track numbers of the boxes x1, y1, x2, y2 of a frame at a time in seconds."""
        oldest, self._before = min(self._before, time - MAX_GAP), time
        self._last = {track: seen for track, seen in self._last.items() if seen[0] >= oldest}
        tracks = list(self._last)
        here, before = (
            torch.tensor(np.asarray(of, dtype=np.float64).reshape(-1, 4))
            for of in (boxes, [self._last[track][1] for track in tracks])
        )
        shared = box_iou(here, before).nan_to_num(0).numpy()  # NaN for boxes of area 0
        shared[shared < MIN_OVERLAP] = 0
        pairs = zip(*linear_sum_assignment(shared, maximize=True), strict=True)
        continued = {int(box): tracks[track] for box, track in pairs if shared[box, track] > 0}
        found = [continued.get(box) or self._new() for box in range(len(boxes))]
        self._last |= {track: (time, box) for track, box in zip(found, boxes, strict=True)}
        return found

    def _new(self) -> int:
        self._count += 1
        return self._count
