"""Read and check the inputs of requests for a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gcnlabel.data.texts import TextBatch
from gcnlabel.errors import InputError
from gcnlabel.prediction.images import read_image
from gcnlabel.prediction.network import Network
from gcnlabel.serving.image_files import image_file
from gcnlabel.sources import DataSource


class Reader(Protocol):
    """Converts the inputs of a request into inputs of a network."""

    takes: str
    """Kind of input: its key in a request's JSON and its name in messages."""

    def read(self, item: Any) -> Any:
        """Return one input after checking it.

        Raises:
            InputError: It is invalid.
        """

    def inputs(self, rows: Sequence[Any]) -> Any:
        """Return B inputs from :meth:`read` as a batch for the network: an array [B, ...] or a PyG batch."""


class FeatureReader:
    """Reader of feature vectors.

    Args:
        width: Number of features D.
    """

    takes = "features"

    def __init__(self, width: int) -> None:
        self.width = width

    def read(self, item: Any) -> npt.NDArray[np.float32]:
        """Return the features [D] of a list of numbers.

        Example:
            >>> FeatureReader(2).read([1, 2.5])
            array([1. , 2.5], dtype=float32)
        """
        expected = f"a list of {self.width} numbers for each input, in the order of the run's features"
        if not isinstance(item, list) or not all(type(value) in (int, float) for value in item):
            raise InputError("an input is not a list of numbers", expected=expected)
        if len(item) != self.width:
            raise InputError(f"an input has {len(item)} numbers, the run takes {self.width}", expected=expected)
        limit = float(np.finfo(np.float32).max)
        for column, value in enumerate(item):
            if not -limit <= value <= limit:  # nor NaN
                shown = value if isinstance(value, float) and not math.isfinite(value) else "a number beyond float32"
                raise InputError(f"column {column} (from 0) is {shown}", expected="finite numbers")
        return np.array(item, dtype=np.float32)

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return np.stack(rows)


class ImageReader:
    """Reader of image files, which are resized like those of the run's data.

    Args:
        data: The run's data source.
        pixels: Largest number of pixels of an image.
    """

    takes = "images"

    def __init__(self, data: DataSource, pixels: int) -> None:
        self.data, self.pixels = data, pixels

    def read(self, item: Any) -> npt.NDArray[np.uint8]:
        """Return an image uint8 [C, H, W] from the bytes of a file."""
        with image_file(item, self.pixels) as path:
            return read_image(path, self.data)

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.uint8]:
        """Return images [B, C, H, W]."""
        return np.stack(rows)


class SmilesReader:
    """Reader of molecules as SMILES, which are converted to graphs."""

    takes = "smiles"

    def read(self, item: Any) -> str:
        """Return a SMILES that rdkit can parse."""
        from gcnlabel.data.molecules import graphs_from_smiles

        text = checked_text(item, "SMILES")
        graphs_from_smiles([text], "the request")
        return text

    def inputs(self, rows: Sequence[Any]) -> Any:
        """Return a batch of graphs."""
        from gcnlabel.data.molecules import graphs_from_smiles

        return graphs_from_smiles(rows, "the request")[:]


class TextReader:
    """Texts, which the network takes apart itself."""

    takes = "texts"

    def read(self, item: Any) -> str:
        """Return a text that is not blank."""
        return checked_text(item, "text")

    def inputs(self, rows: Sequence[Any]) -> TextBatch:
        """Return a batch of texts."""
        return TextBatch(rows)


def checked_text(item: Any, what: str) -> str:
    """Return a text that is not blank.

    Raises:
        InputError: It is blank or not a text.
    """
    if not isinstance(item, str) or not item.strip():
        raise InputError(f"an input is not a {what}", expected=f"a non-empty {what}, or a list of them")
    return item


def reader_of(network: Network, pixels: int) -> Reader:
    """Return the reader for a run's inputs.

    Raises:
        InputError: The run takes graphs that are not made from SMILES.
    """
    data = network.config.data
    if data.image_shape is not None:
        return ImageReader(data, pixels)
    if network.in_features:
        return FeatureReader(network.in_features)
    if getattr(data, "smiles", None) is not None:
        return SmilesReader()
    if not network.input_shape:
        return TextReader()
    raise InputError(
        "this run takes graphs, which cannot be served",
        expected="a run on features, images, texts, or a column of SMILES",
        fix="gcnlabel predict RUN FILE",
    )
