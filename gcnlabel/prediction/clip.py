"""Write a copy of a video with boxes and predictions."""

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
"""Time units per second; fine enough for the frame times of any frame rate."""
ENCODERS = {"libx264": {"crf": "20", "preset": "veryfast"}, "mpeg4": {"qscale": "3"}}
"""Codecs with their options, in order of preference; the first that PyAV has is used."""


def write_clip(
    found: Detected, video: Video, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> None:
    """Write an annotated copy of a video (.mp4, no sound): each frame at its time, with boxes, classes and values.

    Frames that were not processed show the boxes of the last processed one.

    Args:
        found: Detections in the video, with their predictions.
        video: The video.
        path: Output file.
        progress: Called with the number of written frames and of all.
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
            pts = max(pts + 1, round(frame.time * TICKS))  # two frames of a damaged file may have the same time
            ready.pts, ready.time_base = pts, Fraction(1, TICKS)
            container.mux(stream.encode(ready))
            progress(min(frame.number + 1, video.count), video.count)
        container.mux(stream.encode())
