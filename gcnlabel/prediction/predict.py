"""A run and new inputs -> predictions."""

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
    """Return what the selected checkpoint of a run predicts for an image, a folder of images or a file of others.

    Nothing is looked for: an image without an entry in ``places`` is taken whole, in the run's size and channels.

    Args:
        folder: The run. Its data need not be there, but the training file of one on ARFF files, for the attributes.
        source: An image, a folder of images, features [N, D] (.npy, .npz, .safetensors, .arff) or molecules (.csv,
            .smi), as the run takes; where the encoder of its features is recorded, images, or a .csv of texts or paths.
        places: Name of an image, as the result has it -> where in it stands what is predicted, as a face does.
        weights: File or folder of that encoder's weights; None for where they were.
        column: That column; None for the training features'.
        batch_size: How many go through the network at once.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, ...
        flips: Whether images are predicted with their mirror images; None for the run's ``evaluate.test_time``.
        progress: Called with the number of inputs done and of all, after every batch.

    Raises:
        InputError: The run is not whole, source or flips do not suit it, the device, the encoder or an image of
            ``places`` is not there, or no image can be read; those of a folder are left out, and named in the result.
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
        raise InputError(f"the table of places names images that are not there: {shorten(strangers)}", where=source)
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
            expected="the columns that it was trained on, in their order",
        )
    names = [str(row) for row in range(len(inputs))]
    rows = [slice(start, start + batch_size) for start in range(0, len(names), batch_size)]
    found = predict_batches(network, ((names[part], inputs[part]) for part in rows), device, progress, len(names))
    return replace(found, named="row")


def _is_raw(source: str | Path, data: DataSource) -> bool:
    """Return whether a source is no file of what the network takes, which are no images."""
    return data.image_shape is None and not str(source).lower().endswith(data.new_inputs[1])


def _check_kind(source: str | Path, data: DataSource, encoding: str | None) -> None:
    if encoding is not None:
        raise InputError(
            "--weights or --column, and nothing to encode",
            expected="images or texts, for a run on features that gcnlabel features made",
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
