"""What a request holds -> rows that a network takes, checked one by one."""

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
    """What makes inputs of a network of what stands in a request."""

    takes: str
    """Key of the inputs in a request's JSON, and what messages call them."""

    def read(self, item: Any) -> Any:
        """Return a checked row.

        Raises:
            InputError: It cannot be used.
        """

    def inputs(self, rows: Sequence[Any]) -> Any:
        """Return rows that were read as what the network takes: an array [B, ...] or a PyG batch."""


class FeatureReader:
    """Rows of D numbers.

    Args:
        width: D.
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
            raise InputError("an input is no list of numbers", expected=expected)
        if len(item) != self.width:
            raise InputError(f"an input has {len(item)} numbers, the run takes {self.width}", expected=expected)
        limit = float(np.finfo(np.float32).max)
        for column, value in enumerate(item):
            if not -limit <= value <= limit:  # nor NaN
                shown = value if isinstance(value, float) and not math.isfinite(value) else "a number beyond float32"
                raise InputError(f"column {column} (from 0) holds {shown}", expected="finite numbers")
        return np.array(item, dtype=np.float32)

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.float32]:
        """Return features [B, D]."""
        return np.stack(rows)


class ImageReader:
    """Image files, brought to size as those of a run's data.

    Args:
        data: The data.
        pixels: Pixels that an image may have.
    """

    takes = "images"

    def __init__(self, data: DataSource, pixels: int) -> None:
        self.data, self.pixels = data, pixels

    def read(self, item: Any) -> npt.NDArray[np.uint8]:
        """Return an image uint8 [C, H, W] of the bytes of a file."""
        with image_file(item, self.pixels) as path:
            return read_image(path, self.data)

    def inputs(self, rows: Sequence[Any]) -> npt.NDArray[np.uint8]:
        """Return images [B, C, H, W]."""
        return np.stack(rows)


class SmilesReader:
    """Molecules as SMILES, which become graphs."""

    takes = "smiles"

    def read(self, item: Any) -> str:
        """Return a SMILES that rdkit reads."""
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
        InputError: It is none.
    """
    if not isinstance(item, str) or not item.strip():
        raise InputError(f"an input is no {what}", expected=f"a {what} that is not empty, or a list of them")
    return item


def reader_of(network: Network, pixels: int) -> Reader:
    """Return what reads the inputs of a run as it was trained on them.

    Raises:
        InputError: The run takes what no request can hold.
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
