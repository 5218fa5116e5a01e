"""A run and new inputs -> predictions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from gcnlabel.errors import InputError, shorten
from gcnlabel.prediction.batches import Batch, Progress, predict_batches
from gcnlabel.prediction.images import find_images, first_line, read_image
from gcnlabel.prediction.network import Network, load_network
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.run import RunFolder
from gcnlabel.run.data import load_inputs
from gcnlabel.sources import DataSource
from gcnlabel.sources.source import FEATURE_FILES, Image, Place


def predict(
    folder: RunFolder,
    source: str | Path,
    *,
    places: Mapping[str, Place] | None = None,
    batch_size: int = 32,
    device: str = "auto",
    progress: Progress = lambda done, total: None,
) -> Predictions:
    """Return what the selected checkpoint of a run predicts for an image, a folder of images or a file of others.

    Nothing is looked for: an image without an entry in ``places`` is taken whole, and brought to the size and channels
    of the run's data. The run needs its config, graph and checkpoint, not the data it was trained on,
    but that an ARFF file is matched to the run's training file by the names of its attributes.

    Args:
        folder: The run.
        source: An image, a folder of images, or features [N, D] (.npy, .npz, .safetensors, .arff) or
            molecules (a table with the column of SMILES, .smi) where the run takes these.
        places: Name of an image, as the result has it -> where in it stands what is predicted, as a face does.
        batch_size: How many go through the network at once.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, ...
        progress: Called with the number of inputs done and of all, after every batch.

    Raises:
        InputError: The run is not whole, the source does not suit it, the device is not there, ``places`` names an
            image that is not there, or no image can be read.
            Images of a folder that cannot be read are left out and named in the result.
    """
    data = folder.load_config().data
    _check_kind(source, data)
    if data.image_shape is None:
        return _predict_rows(folder, source, batch_size, device, progress)
    return _predict_images(folder, source, places or {}, batch_size, device, progress)


def _predict_images(
    folder: RunFolder,
    source: str | Path,
    places: Mapping[str, Place],
    batch_size: int,
    device: str,
    progress: Progress,
) -> Predictions:
    files = find_images(source, folder.load_config(), places)
    network = load_network(folder)
    strangers = [name for name in places if name not in files]
    if strangers:
        raise InputError(f"the table of places names images that are not there: {shorten(strangers)}", where=source)
    read = partial(_read, network=network, places=places)
    unreadable: dict[str, str] = {}
    batches = _image_batches(files, read, batch_size, unreadable, strict=not os.path.isdir(source))
    return predict_batches(network, batches, device, progress, len(files), unreadable)


def _predict_rows(
    folder: RunFolder, source: str | Path, batch_size: int, device: str, progress: Progress
) -> Predictions:
    network = load_network(folder)
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


def _check_kind(source: str | Path, data: DataSource) -> None:
    name, images = str(source).lower(), data.image_shape is not None
    what, endings = data.new_inputs
    if not images and not name.endswith(endings):
        raise InputError(f"this run takes {what}, not {str(source)!r}", expected="a " + ", ".join(endings))
    if images and name.endswith(FEATURE_FILES):
        raise InputError(f"this run takes images, not {str(source)!r}", expected="an image or a folder of images")


def _read(name: str, path: Path, *, network: Network, places: Mapping[str, Place]) -> Image:
    return read_image(path, network.config.data, places.get(name))


def _image_batches(
    files: Mapping[str, Path],
    read: Callable[[str, Path], Image],
    size: int,
    unreadable: dict[str, str],
    *,
    strict: bool,
) -> Iterator[Batch]:
    """Yield images batch by batch; those that cannot be read are noted in ``unreadable``, or raised if ``strict``."""
    names: list[str] = []
    images: list[Image] = []
    for name, path in files.items():
        try:
            images.append(read(name, path))
            names.append(name)
        except InputError as error:
            if strict:
                raise
            unreadable[name] = first_line(error)
        if len(names) == size:
            yield names, np.stack(images)
            names, images = [], []
    if names:
        yield names, np.stack(images)
    elif len(unreadable) == len(files):
        raise InputError(
            f"none of the {len(files)} images can be read: {shorten(unreadable)}",
            where=next(iter(unreadable.values())),
        )
