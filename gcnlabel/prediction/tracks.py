"""Boxes of successive frames -> tracks: what is followed from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import linear_sum_assignment
from torchvision.ops import box_iou

MIN_OVERLAP = 0.3
"""Intersection over union from which two boxes may be of one track."""
MAX_GAP = 1.0
"""Seconds after which a track that was not seen has ended."""


class Tracks:
    """Numbers boxes, frame by frame, so that those of one track have one number, from 1.

    A box continues the track whose last box it overlaps by at least :data:`MIN_OVERLAP` of their union, if that was in
    the frame before or at most :data:`MAX_GAP` seconds ago. Of all ways to pair boxes and tracks, that with the largest
    sum of overlaps is taken. A box that continues none begins a track.

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
        """Return the track of each box x1, y1, x2, y2 of a frame at a time in seconds."""
        oldest, self._before = min(self._before, time - MAX_GAP), time
        self._last = {track: seen for track, seen in self._last.items() if seen[0] >= oldest}
        tracks = list(self._last)
        here, before = (
            torch.tensor(np.asarray(of, dtype=np.float64).reshape(-1, 4))
            for of in (boxes, [self._last[track][1] for track in tracks])
        )
        shared = box_iou(here, before).nan_to_num(0).numpy()  # boxes without an area have none
        shared[shared < MIN_OVERLAP] = 0
        pairs = zip(*linear_sum_assignment(shared, maximize=True), strict=True)
        continued = {int(box): tracks[track] for box, track in pairs if shared[box, track] > 0}
        found = [continued.get(box) or self._new() for box in range(len(boxes))]
        self._last |= {track: (time, box) for track, box in zip(found, boxes, strict=True)}
        return found

    def _new(self) -> int:
        self._count += 1
        return self._count
