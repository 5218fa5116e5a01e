"""Predict new inputs with a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from gcnlabel.data.feature_records import check_same_encoder
from gcnlabel.errors import InputError, shorten
from gcnlabel.prediction.batches import Progress, predict_batches, readable_batches
from gcnlabel.prediction.encoded import predict_encoded
from gcnlabel.prediction.images import find_images, read_image
from gcnlabel.prediction.network import Network, encoder_record, load_network
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.prediction.video import SUFFIXES as VIDEOS
from gcnlabel.run import RunFolder
from gcnlabel.run.data import load_inputs
from gcnlabel.sources import DataSource
from gcnlabel.sources.source import FEATURE_FILES, Image, Place


def predict(
    folder: RunFolder,
    source: str | Path,
    *,
    places: Mapping[str, Place] | None = None,
    weights: str | None = None,
    column: str | None = None,
    batch_size: int = 32,
    device: str = "auto",
    flips: bool | None = None,
    progress: Progress = lambda done, total: None,
) -> Predictions:
    """Return the predictions of a run's best checkpoint for an image, a folder of images or a file of other inputs.

    Faces are not detected: an image without an entry in ``places`` is used whole, with the run's size and channels.

    Args:
        folder: The run. Its data are not needed, except the training file of a run on ARFF files (for the attributes).
        source: An image, a folder of images, features [N, D] (.npy, .npz, .safetensors, .arff) or molecules (.csv,
            .smi), depending on the run; images or a .csv of texts or paths, if the encoder of its features is recorded.
        places: Image name, as in the result -> region of the image to predict, e.g. a face.
        weights: File or folder of that encoder's weights; None for the recorded location.
        column: Column of the .csv; None for that of the training features.
        batch_size: Batch size.
        device: ``auto`` (a GPU if available), ``cpu``, ``cuda``, ...
        flips: Whether to average with the mirrored images; None for the run's ``evaluate.test_time``.
        progress: Called after every batch with the number of finished inputs and of all.

    Raises:
        InputError: The run is incomplete, source or flips do not suit it, the device, the encoder or an image of
            ``places`` is missing, or no image can be read (other unreadable images of a folder are skipped and listed).
    """
    config = folder.load_config()
    if _is_raw(source, config.data) and encoder_record(folder, config) is not None:
        return predict_encoded(load_network(folder, flips=flips), source, weights, column, batch_size, device, progress)
    _check_kind(source, config.data, weights or column)
    if config.data.image_shape is None:
        return _predict_rows(load_network(folder, flips=flips), source, batch_size, device, progress)
    files, network = find_images(source, config, places or {}), load_network(folder, flips=flips)
    return _predict_images(network, source, files, places or {}, batch_size, device, progress)


def _predict_images(
    network: Network,
    source: str | Path,
    files: Mapping[str, Path],
    places: Mapping[str, Place],
    batch_size: int,
    device: str,
    progress: Progress,
) -> Predictions:
    strangers = [name for name in places if name not in files]
    if strangers:
        raise InputError(f"the table of places has images that do not exist: {shorten(strangers)}", where=source)
    read = partial(_read, network=network, places=places)
    unreadable: dict[str, str] = {}
    batches = readable_batches(files, read, batch_size, unreadable, strict=not os.path.isdir(source))
    stacked = ((names, np.stack(images)) for names, images in batches)
    return predict_batches(network, stacked, device, progress, len(files), unreadable)


def _predict_rows(
    network: Network, source: str | Path, batch_size: int, device: str, progress: Progress
) -> Predictions:
    if network.in_features:
        check_same_encoder(source, network.encoder)
    inputs = load_inputs(network.config, source)  # [N, D], or N graphs
    if inputs.shape[1:] != network.input_shape:
        given, taken = (" and ".join(map(str, shape)) for shape in (inputs.shape[1:], network.input_shape))
        raise InputError(
            f"{source} has {given} features, the run takes {taken}",
            expected="the columns that it was trained on, in the same order",
        )
    names = [str(row) for row in range(len(inputs))]
    rows = [slice(start, start + batch_size) for start in range(0, len(names), batch_size)]
    found = predict_batches(network, ((names[part], inputs[part]) for part in rows), device, progress, len(names))
    return replace(found, named="row")


def _is_raw(source: str | Path, data: DataSource) -> bool:
    """Return whether a source must be encoded: the network does not take images, and it is not a file of its inputs."""
    return data.image_shape is None and not str(source).lower().endswith(data.new_inputs[1])


def _check_kind(source: str | Path, data: DataSource, encoding: str | None) -> None:
    if encoding is not None:
        raise InputError(
            "--weights or --column without inputs to encode",
            expected="images or texts, for a run on features from gcnlabel features",
        )
    name, images = str(source).lower(), data.image_shape is not None
    what, endings = data.new_inputs
    if not images and not name.endswith(endings):
        raise InputError(f"this run takes {what}, not {str(source)!r}", expected="a " + ", ".join(endings))
    if images and name.endswith(FEATURE_FILES):
        raise InputError(f"this run takes images, not {str(source)!r}", expected="an image or a folder of images")
    if name.endswith(VIDEOS):
        raise InputError(f"{source} is a video", fix="--detect, which looks for faces in its frames")


def _read(name: str, path: Path, *, network: Network, places: Mapping[str, Place]) -> Image:
    return read_image(path, network.config.data, places.get(name))
