"""Encode texts and images of requests with the encoder of the run's features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.encoding.encoders import Encoder
from gcnlabel.encoding.recorded import recorded_encoder, takes_texts
from gcnlabel.serving.image_files import image_file
from gcnlabel.serving.inputs import Reader, checked_text


class EncodedTexts:
    """Reader of texts, which an encoder turns into features.

    Args:
        encoder: The encoder.
    """

    takes = "texts"

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def read(self, item: Any) -> Any:
        """Return a text as the encoder takes it."""
        return self.encoder.read(checked_text(item, "text"))

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return self.encoder.features(rows)


class EncodedImages:
    """Reader of image files, which an encoder turns into features.

    Args:
        encoder: The encoder.
        pixels: Largest number of pixels of an image.
    """

    takes = "images"

    def __init__(self, encoder: Encoder, pixels: int) -> None:
        self.encoder, self.pixels = encoder, pixels

    def read(self, item: Any) -> Any:
        """Return an image as the encoder takes it, from the bytes of a file."""
        with image_file(item, self.pixels) as path:
            return self.encoder.read(str(path))

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return self.encoder.features(rows)


def encoded_reader(record: Mapping[str, Any], pixels: int, weights: str | None, device: str) -> Reader:
    """Return the reader of texts or images for the recorded encoder.

    Raises:
        InputError: The encoder is not available, or differs from the recorded one.
    """
    encoder = recorded_encoder(record, weights, device)
    return EncodedTexts(encoder) if takes_texts(record) else EncodedImages(encoder, pixels)
