"""Predict the detections in photographs or a video with a run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import visible_files
from gcnlabel.prediction.batches import Progress
from gcnlabel.prediction.detected import Detected
from gcnlabel.prediction.detecting import Detecting, Picture
from gcnlabel.prediction.detectors import DETECTORS
from gcnlabel.prediction.images import find_images
from gcnlabel.prediction.network import load_network
from gcnlabel.prediction.photographs import photographs
from gcnlabel.prediction.tracks import Tracks
from gcnlabel.prediction.video import SUFFIXES, Video, is_video
from gcnlabel.run import RunFolder


def predict_detected(
    folder: RunFolder,
    source: str | Path,
    detector: Any = "centerface",
    *,
    every: int | None = None,
    rate: float | None = None,
    batch_size: int = 32,
    device: str = "auto",
    flips: bool | None = None,
    progress: Progress = lambda done, total: None,
) -> Detected:
    """Return a run's predictions for the detections in an image, a folder of images or a video.

    Args:
        folder: The run, on images.
        source: An image, a folder of images or a video.
        detector: Name of a detector, or a mapping of name and options.
        every: Use every n-th frame of a video; None for all.
        rate: Number of frames per second of video to use; None for all.
        batch_size: Batch size.
        device: ``auto`` (a GPU if available), ``cpu``, ``cuda``, ...
        flips: Whether to average with the mirrored detections; None for the run's ``evaluate.test_time``.
        progress: Called with the number of finished images or frames and of all.

    Raises:
        InputError: The run does not take images, options or detector do not suit the source, or no image can be read.
    """
    check_takes_images(folder)
    video = Video(Path(source), every or 1, rate) if is_video(source) else None
    if video is None and (every is not None or rate is not None):
        raise InputError(f"--every or --fps, and {source} is not a video", expected="a video")
    files = {} if video else find_images(source, folder.load_config())
    how: Any = {"batch_size": batch_size, "device": device, "progress": progress}
    finding = Detecting(DETECTORS.make(detector), load_network(folder, flips=flips), Tracks() if video else None)
    if video is not None:
        frames = (Picture((frame.number, frame.time), frame.picture) for frame in video.frames())
        return finding.predictions(frames, total=video.asked, **how).remarked(*video.remarks)
    pictures = photographs(files, finding.unreadable, strict=not os.path.isdir(source))
    return finding.predictions(pictures, total=len(files), **how).remarked(*_videos_in(source))


def check_takes_images(folder: RunFolder) -> None:
    """Check that a run takes images.

    Raises:
        InputError: It does not.
    """
    data = folder.load_config().data
    if data.image_shape is None:
        what, endings = data.new_inputs
        raise InputError(
            f"--detect needs a run on images, but {folder.path} was trained on {what}",
            expected=f"a run on images; this one takes a {', '.join(endings)}",
        )


def _videos_in(source: str | Path) -> tuple[str, ...]:
    """Return a remark on the videos in a folder of images, which are skipped."""
    found = [path.name for path in visible_files(source, SUFFIXES)]
    return (f"videos in a folder are skipped: {shorten(found)}; give each separately",) if found else ()
