"""Texts and images in requests -> features, by the encoder that made those of the run."""

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
    """Texts, which an encoder makes features of.

    Args:
        encoder: The encoder.
    """

    takes = "texts"

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def read(self, item: Any) -> Any:
        """Return a text."""
        return self.encoder.read(checked_text(item, "text"))

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return self.encoder.features(rows)


class EncodedImages:
    """Image files, which an encoder makes features of.

    Args:
        encoder: The encoder.
        pixels: Pixels that an image may have.
    """

    takes = "images"

    def __init__(self, encoder: Encoder, pixels: int) -> None:
        self.encoder, self.pixels = encoder, pixels

    def read(self, item: Any) -> Any:
        """Return an image as the encoder takes it, of the bytes of a file."""
        with image_file(item, self.pixels) as path:
            return self.encoder.read(str(path))

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return self.encoder.features(rows)


def encoded_reader(record: Mapping[str, Any], pixels: int, weights: str | None, device: str) -> Reader:
    """Return what reads texts or images for the encoder of a record.

    Raises:
        InputError: The encoder cannot be had, or is another one.
    """
    encoder = recorded_encoder(record, weights, device)
    return EncodedTexts(encoder) if takes_texts(record) else EncodedImages(encoder, pixels)
