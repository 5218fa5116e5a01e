"""Detect regions in images and predict each with a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from PIL import Image

from gcnlabel.prediction.batches import Batch, Progress, predict_batches
from gcnlabel.prediction.detected import BOX, Detected
from gcnlabel.prediction.detectors import Detector
from gcnlabel.prediction.network import Network
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.prediction.tracks import Tracks

TYPES = {"image": pl.String, "frame": pl.Int64, "time": pl.Float64, "number": pl.Int64}
"""Types of the columns that locate a detection; the others are numbers."""


@dataclass(frozen=True)
class Picture:
    """An image to search for detections.

    Attributes:
        cells: First cells of its rows: the name of an image, or number and time in seconds of a frame.
        image: Upright RGB image.
        scale: Pixels of ``image`` per pixel of the file; less than 1 if it was decoded at a reduced size.
    """

    cells: tuple[Any, ...]
    image: Image.Image
    scale: float = 1.0


@dataclass
class Detecting:
    """Predicts the detections in images, which are read lazily.

    Attributes:
        detector: Finds the regions to predict.
        network: Predicts them.
        tracks: Assigns numbers of tracks in a video; None for images, where detections are numbered by score.
        unreadable: Name of each skipped image -> reason; may grow while images are read.
    """

    detector: Detector
    network: Network
    tracks: Tracks | None = None
    unreadable: dict[str, str] = field(default_factory=dict)

    def predictions(
        self, pictures: Iterable[Picture], batch_size: int, device: str, progress: Progress, total: int
    ) -> Detected:
        """Return the predictions of all detections.

        Args:
            pictures: Images or frames.
            batch_size: Number of detections per batch of the network.
            device: ``auto``, ``cpu``, ``cuda``, ...
            progress: Called with the number of finished images and of all.
            total: Number of images, or an estimate.
        """
        rows: list[tuple[Any, ...]] = []
        batches = self._batches(self._counted(pictures, progress, total), rows, batch_size)
        if (first := next(batches, None)) is None:
            values = {task.name: np.empty((0, len(task)), dtype=np.float32) for task in self.network.tasks}
            found = Predictions(self.network.tasks, [], values, unreadable=self.unreadable)
        else:
            found = predict_batches(self.network, chain([first], batches), device, unreadable=self.unreadable)
        keys = ["image"] if self.tracks is None else ["frame", "time"]
        schema = {name: TYPES.get(name, pl.Float64) for name in (*keys, "number", *BOX, "score")}
        return Detected(**vars(found), where=pl.DataFrame(rows, schema=schema, orient="row"))

    def _counted(self, pictures: Iterable[Picture], progress: Progress, total: int) -> Iterator[Picture]:
        for done, picture in enumerate(pictures, 1):
            yield picture
            progress(min(done + len(self.unreadable), total), total)
        progress(total, total)

    def _batches(self, pictures: Iterable[Picture], rows: list[tuple[Any, ...]], size: int) -> Iterator[Batch]:
        """Yield batches of names and pixels of detections, and append their locations to ``rows``."""
        found = (each for picture in pictures for each in self._found(picture, rows))
        while batch := [each for _, each in zip(range(size), found, strict=False)]:
            yield [name for name, _ in batch], np.stack([pixels for _, pixels in batch])

    def _found(self, picture: Picture, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, Any]]:
        detections = self.detector.find(picture.image)
        boxes = [np.asarray(each.box, dtype=np.float64) / picture.scale for each in detections]
        if not boxes:
            rows.append((*picture.cells, *[None] * (len(BOX) + 2)))
        numbers = range(1, len(boxes) + 1) if self.tracks is None else self.tracks.numbers(picture.cells[-1], boxes)
        title = picture.cells[0] if self.tracks is None else f"frame {picture.cells[0]}"
        for number, box, detection in zip(numbers, boxes, detections, strict=True):
            cells = (round(float(value), 2) for value in (*box[:2], *(box[2:] - box[:2])))
            rows.append((*picture.cells, number, *cells, float(detection.score)))
            yield f"{title} #{number}", detection.place.cut_out(picture.image, self.network.config.data)
