"""Annotated copies of photographs and videos with their detections, and a figure of a video's dimensions over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from gcnlabel.errors import InputError, note
from gcnlabel.figures.saving import save_figure
from gcnlabel.files import atomic_write, refuse_existing
from gcnlabel.prediction.boxes import boxes_by, drawn
from gcnlabel.prediction.clip import write_clip
from gcnlabel.prediction.course import course_figure, course_table
from gcnlabel.prediction.detected import Detected
from gcnlabel.prediction.photographs import read_photograph
from gcnlabel.prediction.video import Video

Progress = Callable[[int, int], None]


class VideoFiles(NamedTuple):
    """Output files of a video.

    Attributes:
        clip: Path of the annotated copy.
        course: Path, without suffix, of the figure of the dimensions over time and of its values.
    """

    clip: Path
    course: Path


def video_files(source: str | Path, folder: str | Path, *, overwrite: bool = False) -> VideoFiles:
    """Return the output files of a video: ``NAME.mp4``, the annotated copy, and ``NAME-over-time`` (.png, .csv).

    Args:
        source: The video.
        folder: Output folder.
        overwrite: Whether to replace existing files.

    Raises:
        InputError: A file exists, or would replace the video.
    """
    stem = Path(source).stem
    files = VideoFiles(Path(folder, f"{stem}.mp4"), Path(folder, f"{stem}-over-time"))
    for path in (files.clip, *(Path(f"{files.course}.{kind}") for kind in ("png", "csv"))):
        if path.resolve() == Path(source).resolve():
            raise InputError(f"the annotated copy {path} would replace the video", fix="give another folder")
        refuse_existing(path, overwrite)
    return files


def annotate_video(
    found: Detected,
    source: str | Path,
    files: VideoFiles,
    *,
    window: float = 1.0,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write the annotated copy of a video and, if the run predicts dimensions, a figure of them over time.

    Args:
        found: Detections in the video, with their predictions.
        source: The video.
        files: Output files.
        window: Width of the smoothing window in seconds.
        overwrite: Whether to replace existing files.
        progress: Called with the number of written frames and of all.

    Raises:
        InputError: A file exists or cannot be written.
    """
    with atomic_write(files.clip, overwrite=overwrite) as temporary:
        write_clip(found, Video(Path(source)), temporary, progress)
    table = course_table(found, window)
    if len(table) == 0:
        note("no figure over time: the run predicts no dimension, or nothing was detected")
    else:
        figure = course_figure(found, table, window)
        save_figure(figure, files.course, ["png"], table=table, overwrite=overwrite)


def annotate_photographs(
    found: Detected,
    files: Mapping[str, Path],
    copies: Mapping[str, Path],
    *,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write an annotated copy of each readable photograph, with boxes, classes and values.

    Args:
        found: Detections in the photographs, with their predictions.
        files: Name of each image -> its path.
        copies: Name of each image -> path of its copy.
        overwrite: Whether to replace existing copies.
        progress: Called with the number of written copies and of all.

    Raises:
        InputError: A copy exists or cannot be written.
    """
    boxes = boxes_by(found, "image")
    for done, (name, here) in enumerate(boxes.items(), 1):
        picture, scale = read_photograph(files[name])
        with atomic_write(copies[name], overwrite=overwrite) as temporary:
            drawn(picture, here, scale).save(temporary, format="png")
        progress(done, len(boxes))
