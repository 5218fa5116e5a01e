"""Copies of photographs and videos with what was found in them, and a figure of a video's dimensions over time."""

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
    """What is written of a video.

    Attributes:
        clip: The annotated copy.
        course: The figure of the dimensions over time, and its numbers, without their suffixes.
    """

    clip: Path
    course: Path


def video_files(source: str | Path, folder: str | Path, *, overwrite: bool = False) -> VideoFiles:
    """Return where the annotated copy of a video and the figure go: ``NAME.mp4``, ``NAME-over-time`` (.png, .csv).

    Args:
        source: The video.
        folder: Where to.
        overwrite: Whether files that are there may be replaced.

    Raises:
        InputError: One is there already, or would take the place of the video.
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
    """Write the annotated copy of a video, and the figure of its dimensions over time, where there are any.

    Args:
        found: What was found in it.
        source: The video.
        files: Where to.
        window: Seconds over which the dimensions are smoothed.
        overwrite: Whether files that are there may be replaced.
        progress: Called with the number of frames written and of all.

    Raises:
        InputError: A file exists or cannot be written.
    """
    with atomic_write(files.clip, overwrite=overwrite) as temporary:
        write_clip(found, Video(Path(source)), temporary, progress)
    table = course_table(found, window)
    if len(table) == 0:
        note("no figure over time: the run predicts no dimension, or nothing was found")
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
    """Write a copy of every photograph that could be read, with boxes, classes and values.

    Args:
        found: What was found in them.
        files: Name of each image -> its path.
        copies: Name of each image -> where its copy goes.
        overwrite: Whether copies that are there may be replaced.
        progress: Called with the number of copies written and of all.

    Raises:
        InputError: A copy exists or cannot be written.
    """
    boxes = boxes_by(found, "image")
    for done, (name, here) in enumerate(boxes.items(), 1):
        picture, scale = read_photograph(files[name])
        with atomic_write(copies[name], overwrite=overwrite) as temporary:
            drawn(picture, here, scale).save(temporary, format="png")
        progress(done, len(boxes))
