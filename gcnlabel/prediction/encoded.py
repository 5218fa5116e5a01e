"""Predict images or texts with a run on features, using the encoder of these features."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from gcnlabel.encoding.encoders import Encoder
from gcnlabel.encoding.items import read_items
from gcnlabel.encoding.recorded import recorded_encoder, takes_texts
from gcnlabel.errors import InputError
from gcnlabel.prediction.batches import Batch, Progress, predict_batches, readable_batches
from gcnlabel.prediction.images import find_images
from gcnlabel.prediction.network import Network
from gcnlabel.prediction.predictions import Predictions


def predict_encoded(
    network: Network,
    source: str | Path,
    weights: str | None,
    column: str | None,
    batch_size: int,
    device: str,
    progress: Progress,
) -> Predictions:
    """Return predictions for images or texts, which are first encoded to features.

    Args:
        network: A network on features with a recorded encoder.
        source: An image, a folder of images, or a table (.csv) with a column of texts or paths of images.
        weights: File or folder of the encoder's weights; None for the recorded location.
        column: The column; None for that of the training features.
        batch_size: Batch size.
        device: ``auto``, ``cpu``, ``cuda``, ...
        progress: Called with the number of finished inputs and of all.

    Raises:
        InputError: The encoder is not available or differs, or the source cannot be read.
    """
    record = network.encoder or {}
    texts = takes_texts(record)
    files = _named_items(network, source, column or record.get("column"), texts=texts)
    if column is not None and not _is_table(source):
        raise InputError(f"--column {column} of {source}", expected="a table (.csv)")
    encoder = recorded_encoder(record, weights, device)
    unreadable: dict[str, str] = {}
    strict = texts or not (_is_table(source) or os.path.isdir(source))
    read = readable_batches(files, lambda name, item: encoder.read(item), batch_size, unreadable, strict=strict)
    found = predict_batches(network, _encoded(encoder, network, read), device, progress, len(files), unreadable)
    return replace(found, named="row" if texts else "image")


def _is_table(source: str | Path) -> bool:
    return str(source).lower().endswith(".csv")


def _named_items(network: Network, source: str | Path, column: str | None, *, texts: bool) -> dict[str, str]:
    """Return name -> text or path of each item; texts, and rows with duplicate names, are named by their number."""
    if not _is_table(source):
        if texts:
            raise InputError(
                f"this run takes texts or their features, not {str(source)!r}", expected="a .csv or .npy file"
            )
        return {name: str(path) for name, path in find_images(source, network.config).items()}
    names, items = read_items(str(source), column, None, texts=texts)
    numbered = texts or len(set(names)) < len(names)
    return {str(row) if numbered else names[row]: item for row, item in enumerate(items)}


def _encoded(encoder: Encoder, network: Network, batches: Iterable[tuple[list[str], list[Any]]]) -> Iterator[Batch]:
    for names, rows in batches:
        features = encoder.features(rows)
        if features.shape[1] != network.in_features:
            raise InputError(
                f"the encoder gives {features.shape[1]} features, the run takes {network.in_features}",
                fix="prepare the features like those of the training data, and predict from the file",
            )
        yield names, features
