"""A copy of a video with boxes and what was predicted of each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from gcnlabel.optional import optional
from gcnlabel.prediction.boxes import Box, boxes_by, drawn
from gcnlabel.prediction.detected import Detected
from gcnlabel.prediction.video import Video

TICKS = 90_000
"""Units of time in a second, which keep the times of frames of any rate."""
ENCODERS = {"libx264": {"crf": "20", "preset": "veryfast"}, "mpeg4": {"qscale": "3"}}
"""The first that PyAV has, with its options."""


def write_clip(
    found: Detected, video: Video, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Write a copy of a video (.mp4, without sound): every frame at its time, with boxes, classes and values.

    Frames that were not looked at show the boxes of the last that was.

    Args:
        found: What was found in the video.
        video: The video.
        path: Where to.
        progress: Called with the number of frames written and of all.
    """
    av = optional("av", "video", "a video")
    boxes = boxes_by(found, "frame")
    codec = next(name for name in ENCODERS if name in av.codecs_available)
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = None
        here: list[Box] = []
        pts = -1
        for frame in Video(video.path).frames():
            here = boxes.get(frame.number, here)
            picture = drawn(frame.picture, here)
            if stream is None:
                stream = container.add_stream(codec, rate=video.frame_rate, options=ENCODERS[codec])
                stream.width, stream.height, stream.pix_fmt = *picture.size, "yuv420p"
                stream.codec_context.time_base = Fraction(1, TICKS)
            ready = av.VideoFrame.from_image(picture.resize((stream.width, stream.height)))
            pts = max(pts + 1, round(frame.time * TICKS))  # a damaged file may give two frames one time
            ready.pts, ready.time_base = pts, Fraction(1, TICKS)
            container.mux(stream.encode(ready))
            progress(min(frame.number + 1, video.count), video.count)
        container.mux(stream.encode())
