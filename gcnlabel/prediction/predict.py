"""A run and new inputs -> predictions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from torch import Tensor

from gcnlabel.data.on_demand import as_batch
from gcnlabel.devices import device_named
from gcnlabel.errors import InputError, shorten
from gcnlabel.prediction.images import find_images, first_line, read_image
from gcnlabel.prediction.network import Network, load_network
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.run import RunFolder
from gcnlabel.run.data import load_inputs
from gcnlabel.sources import DataSource
from gcnlabel.sources.source import FEATURE_FILES, Image, Place
from gcnlabel.training import predict as scores_of
from gcnlabel.training.pairs import concatenate

Batch = tuple[list[str], Any]
Progress = Callable[[int, int], None]


def predict(
    folder: RunFolder,
    source: str | Path,
    *,
    places: Mapping[str, Place] | None = None,
    batch_size: int = 32,
    device: str = "auto",
    flips: bool | None = None,
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
        flips: Whether images are predicted with their mirror images; None for the run's ``evaluate.test_time``.
        progress: Called with the number of inputs done and of all, after every batch.

    Raises:
        InputError: The run is not whole, the source does not suit it, the device is not there, ``places`` names an
            image that is not there, no image can be read, or flips of inputs that are no images.
            Images of a folder that cannot be read are left out and named in the result.
    """
    data = folder.load_config().data
    _check_kind(source, data)
    if data.image_shape is None:
        return _predict_rows(load_network(folder, flips=flips), source, batch_size, device, progress)
    files = find_images(source, folder.load_config(), places or {})
    network = load_network(folder, flips=flips)
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
    batches = _image_batches(files, read, batch_size, unreadable, strict=not os.path.isdir(source))
    return _predicted(network, batches, device, progress, len(files), unreadable)


def _predict_rows(
    network: Network, source: str | Path, batch_size: int, device: str, progress: Progress
) -> Predictions:
    inputs = load_inputs(network.config, source)  # [N, D], or N graphs
    if inputs.shape[1:] != network.input_shape:
        given, taken = (" and ".join(map(str, shape)) for shape in (inputs.shape[1:], network.input_shape))
        raise InputError(
            f"{source} has {given} features, the run takes {taken}",
            expected="the columns that it was trained on, in their order",
        )
    names = [str(row) for row in range(len(inputs))]
    rows = [slice(start, start + batch_size) for start in range(0, len(names), batch_size)]
    found = _predicted(network, ((names[part], inputs[part]) for part in rows), device, progress, len(names))
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


def _predicted(
    network: Network,
    batches: Iterator[Batch],
    device: str,
    progress: Progress,
    total: int,
    unreadable: Mapping[str, str] = MappingProxyType({}),
) -> Predictions:
    place = device_named(device)
    model = network.at_test_time(place)
    names: list[str] = []
    parts: list[dict[str, Tensor]] = []
    for batch, inputs in batches:
        scores = scores_of(model, [as_batch(inputs)], place)
        _check_finite(scores, batch)
        names += batch
        parts.append({task.name: task.activated(scores[task.name].float()) for task in network.tasks})
        progress(len(names) + len(unreadable), total)
    progress(total, total)
    values = {name: value.numpy() for name, value in concatenate(parts).items()}
    thresholds = {name: value.numpy() for name, value in network.thresholds.items()}
    return Predictions(network.tasks, names, values, thresholds, dict(unreadable))


def _check_finite(scores: Mapping[str, Tensor], names: Sequence[str]) -> None:
    for task, values in scores.items():
        bad = (~values.isfinite()).any(1).nonzero().flatten().tolist()
        if bad:
            raise InputError(f"the network gives no finite {task} for {names[bad[0]]}", fix="train the run again")
