"""Read the frames of a video file, rotated upright, with their times, by PyAV (extra ``video``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from gcnlabel.errors import InputError
from gcnlabel.files import IMAGE_SUFFIXES, existing_file
from gcnlabel.optional import optional

SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv")
"""Suffixes of files that are treated as videos without opening them."""
MAX_CUT = 0.5
"""Largest difference in seconds between the end of a video and its header that is not reported as truncation."""


@dataclass(frozen=True)
class Frame:
    """A frame of a video.

    Attributes:
        number: Index of the frame in display order, from 0.
        time: Seconds since the first frame.
        picture: Upright RGB image.
    """

    number: int
    time: float
    picture: Image.Image


@dataclass
class Video:
    """A video file.

    Args:
        path: The file.
        every: Use every n-th frame.
        rate: Number of frames per second to use; None for all.

    Attributes:
        damaged: Number of packets that could not be decoded.
        end: Seconds from the first to the last decoded frame.

    Raises:
        InputError: PyAV is not installed, or the file is missing, empty or has no video stream.
    """

    path: Path
    every: int = 1
    rate: float | None = None
    damaged: int = field(default=0, init=False)
    end: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Read frame rate, duration and number of frames from the header."""
        with self._opened() as (container, stream):
            self.frame_rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
            length = stream.duration * stream.time_base if stream.duration else (container.duration or 0) / 1e6
            self.length = float(length)
            self.count = int(stream.frames or round(self.length * self.frame_rate))

    def frames(self) -> Iterator[Frame]:
        """Yield the selected frames; packets that cannot be decoded are skipped and counted in ``damaged``.

        Raises:
            InputError: No frame can be decoded.
        """
        self.damaged, self.end, due, number = 0, 0.0, 0.0, -1
        with self._opened() as (container, stream):
            stream.thread_type = "AUTO"
            aspect = float(stream.sample_aspect_ratio or 1)
            for number, (time, frame) in enumerate(self._timed(container, stream)):
                asked = number % self.every == 0 and time >= due - 1e-6
                while self.rate is not None and time >= due - 1e-6:
                    due += 1 / self.rate
                if asked:
                    yield Frame(number, time, _picture(frame, aspect))
        if number < 0:
            raise InputError(f"no frame of {self.path} can be decoded", fix="repair or convert it, e.g. with ffmpeg")

    def _timed(self, container: Any, stream: Any) -> Iterator[tuple[float, Any]]:
        first = None
        for number, frame in enumerate(self._decoded(container, stream)):
            time = float(frame.time if frame.time is not None else number / self.frame_rate)
            first = time if first is None else first
            self.end = max(self.end, time - first)  # times in a damaged file may decrease
            yield self.end, frame

    def _decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        broken = optional("av", "video", "a video").error.FFmpegError
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                yield from packet.decode()
            except broken as error:
                self.damaged += 1
                if isinstance(error, EOFError) or self.damaged > 10_000:
                    return

    @property
    def asked(self) -> int:
        """Estimated number of selected frames, at least 1."""
        count = self.count / self.every
        return max(1, round(count if self.rate is None else min(count, self.length * self.rate)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Notes on a damaged or truncated file; complete once its frames are read."""
        short = self.length - self.end - float(1 / self.frame_rate)
        found = [f"{self.path.name}: {self.damaged} damaged packets were skipped"] if self.damaged else []
        if short > MAX_CUT:
            found.append(f"{self.path.name} ends at {self.end:.1f} s of the {self.length:.1f} s that it declares")
        return tuple(found)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Any, Any]]:
        av = optional("av", "video", "a video")
        try:
            container = av.open(str(existing_file(self.path, "video")))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"{self.path} cannot be read as a video: {reason}", fix="give an image, a folder of images or a video"
            ) from error
        with container:
            if not container.streams.video:
                raise InputError(f"{self.path} has no video", expected="a file with a video stream")
            yield container, container.streams.video[0]


def is_video(path: str | Path) -> bool:
    """Return whether to read a file as a video: it has the suffix of a video, or no suffix of an image and is none."""
    path = Path(path)
    if path.suffix.lower() in SUFFIXES:
        return not path.is_dir()
    if path.suffix.lower() in IMAGE_SUFFIXES or not path.is_file():
        return False
    try:
        Image.open(path).close()
    except Exception:  # Pillow raises errors of many types on files that are not images
        return True
    return False


def _picture(frame: Any, aspect: float) -> Image.Image:
    """Return a frame as an upright image with square pixels."""
    picture: Image.Image = frame.to_image()
    if abs(aspect - 1) > 0.01 and 0.1 < aspect < 10:
        picture = picture.resize((max(1, round(picture.width * aspect)), picture.height), Image.Resampling.BILINEAR)
    turns = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    turn = turns.get(round(frame.rotation / 90) * 90 % 360)  # counterclockwise
    return picture if turn is None else picture.transpose(turn)
