"""Frames of Aff-Wild2 from one text file per video and task."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.row_report import KEPT, LEFT_OUT, RowCount, RowReport
from gcnlabel.errors import InputError, shorten
from gcnlabel.faces.aff_wild2.files import read_affect, read_expressions
from gcnlabel.faces.folders import IMAGE_SUFFIXES

Array = npt.NDArray[Any]
Files = Mapping[str, Mapping[str, Path]]

NO_IMAGE = "frame without an image"
HEADER = ("neutral", "anger", "disgust", "fear", "happiness", "sadness", "surprise", "other")


@dataclass
class Frames:
    """Annotated frames with an image.

    Attributes:
        cells: Text columns id, image (path), split, expression (null = no line), file and line of the expression.
        affect: Raw valence and arousal, float64 [N, 2]; NaN = no line.
        report: Counts of frames without image, images without annotation, and other irregularities.
    """

    cells: pl.DataFrame
    affect: Array
    report: RowReport = field(default_factory=RowReport)


def read_videos(expressions: Files, affects: Files, images: Path, *, declared: bool, strict: bool) -> Frames:
    """Return the frames of every video of either task; line i after a header is frame i.

    Args:
        expressions: Split -> video -> file of codes.
        affects: Split -> video -> file of valence and arousal.
        images: Folder with one folder of frames per video.
        declared: Whether headers must have the declared order of classes (there is no label map).
        strict: Whether to raise an error, instead of counting, for a video without images or with another number of
            frames than annotations.

    Raises:
        InputError: No video has images, or a file cannot be read.
    """
    order = HEADER if declared else None
    parts, report, without = [], RowReport(), []
    for split in expressions:
        for video in sorted({*expressions[split], *affects[split]}):
            codes_file, affect_file = expressions[split].get(video), affects[split].get(video)
            codes = pl.Series(dtype=pl.String) if codes_file is None else read_expressions(codes_file, order)
            affect = np.empty((0, 2)) if affect_file is None else read_affect(affect_file)
            numbers, names = frame_images(images / video)
            length = max(len(codes), len(affect))
            report += _frames_apart(numbers, names, length, split, video, strict=strict)
            if len(numbers) == 0:
                without.append(video)
                continue
            rows = numbers <= length
            parts.append(_frames(video, split, codes_file or affect_file, codes, affect, numbers[rows], names[rows]))
    if not parts:
        raise _no_images(images, without)
    cells = pl.concat([cells for cells, _ in parts])
    affect = np.concatenate([affect for _, affect in parts])
    return Frames(cells, affect, report + _split_twice(cells, expressions, affects))


def _no_images(images: Path, videos: Sequence[str]) -> InputError:
    return InputError(
        f"no video has images: {shorten(videos) or 'there is no annotation'}",
        where=images,
        expected="<video>/00001.jpg, ...",
        fix="put the folder cropped_aligned next to the annotations, or in Python give images=",
    )


def frame_images(folder: Path) -> tuple[Array, Array]:
    """Return numbers (ascending, int64) and file names of the frames ``00001.jpg``, ... in a folder."""
    names = os.listdir(folder) if folder.is_dir() else []
    split = ((name, *os.path.splitext(name)) for name in names)
    frames = sorted((int(s), name) for name, s, suffix in split if s.isdecimal() and suffix.lower() in IMAGE_SUFFIXES)
    numbers = np.array([number for number, _ in frames if number > 0], dtype=np.int64)
    return numbers, np.array([name for number, name in frames if number > 0], dtype=object)


def _frames(
    video: str, split: str, file: Path | None, codes: pl.Series, affect: Array, numbers: Array, names: Array
) -> tuple[pl.DataFrame, Array]:
    lines = pl.Series(numbers - 1, dtype=pl.Int64)
    values = np.full((len(numbers), 2), np.nan)
    known = numbers <= len(affect)
    values[known] = affect[numbers[known] - 1]
    cells = pl.DataFrame(
        {
            "id": pl.Series(paths := [f"{video}/{name}" for name in names], dtype=pl.String),
            "image": pl.Series(paths, dtype=pl.String),
            "expression": codes.gather(pl.select(pl.when(lines < len(codes)).then(lines)).to_series()),
            "line": lines + 2,
        }
    )
    return cells.with_columns(split=pl.lit(split), file=pl.lit(str(file))), values


def _frames_apart(numbers: Array, names: Array, length: int, split: str, video: str, *, strict: bool) -> RowReport:
    """Count the annotations without an image, and the images without annotation, of a video."""
    last = int(numbers[-1]) if len(numbers) else 0
    if strict and last != length:
        what = "no image" if last == 0 else f"frames up to {last}"
        raise InputError(
            f"video {video!r}: annotations of {length} frames, but {what}",
            expected="one line per frame",
            fix="complete the folder of frames, or read without strict to only count the differences",
        )
    if last == 0:
        return RowReport((RowCount(split, LEFT_OUT, "frame of a video without images", length, video),))
    annotated = int(np.count_nonzero(numbers <= length))
    gap = next((f"{video}/{i:05d}" for i, number in enumerate(numbers.tolist(), 1) if i != number), "")
    unannotated = f"{video}/{names[annotated]}" if annotated < len(names) else ""
    found = {
        "annotation beyond the last frame of its video": (max(0, length - last), video),
        NO_IMAGE: (min(last, length) - annotated, gap),
        "image beyond the annotations of its video": (len(numbers) - annotated, unannotated),
    }
    return RowReport(
        tuple(RowCount(split, LEFT_OUT, reason, count, first) for reason, (count, first) in found.items() if count)
    )


def _split_twice(cells: pl.DataFrame, expressions: Files, affects: Files) -> RowReport:
    """Count the frames of videos that are in train for one task and in val for the other, as in the release."""
    videos = [{*expressions[split], *affects[split]} for split in expressions]
    shared = sorted(set.intersection(*videos))
    frames = cells.filter(cells["id"].str.replace(r"/[^/]*$", "").is_in(shared))
    reason = f"frame of a video that is train for one task and val for the other, {shorten(shared)}"
    counts = frames.group_by("split", maintain_order=True).agg(pl.len(), pl.col("id").first())
    return RowReport(tuple(RowCount(split, KEPT, reason, count, first) for split, count, first in counts.iter_rows()))
