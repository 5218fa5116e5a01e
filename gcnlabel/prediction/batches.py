"""Predict batches of named inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from torch import Tensor

from gcnlabel.data.on_demand import as_batch
from gcnlabel.devices import device_named
from gcnlabel.errors import InputError, shorten
from gcnlabel.prediction.images import first_line
from gcnlabel.prediction.network import Network
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.training import predict as scores_of
from gcnlabel.training.pairs import concatenate

Item = TypeVar("Item")
Batch = tuple[Sequence[str], Any]
"""Names of B inputs, and the inputs: an array [B, ...] or a PyG batch of graphs."""
Progress = Callable[[int, int], None]


def predict_batches(
    network: Network,
    batches: Iterable[Batch],
    device: str,
    progress: Progress = lambda done, total: None,
    total: int = 0,
    unreadable: Mapping[str, str] = MappingProxyType({}),
) -> Predictions:
    """Return the predictions of at least one batch, in order.

    Args:
        network: The network.
        batches: Names and inputs; read lazily.
        device: ``auto``, ``cpu``, ``cuda``, ...
        progress: Called after every batch with the number of finished inputs and of all.
        total: Number of all inputs.
        unreadable: Name of each skipped input -> reason; may grow while batches are read.

    Raises:
        InputError: The device is not available, a score is not finite, or flips are requested for inputs other than
            images.
    """
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
            raise InputError(f"the scores of {task} are not finite for {names[bad[0]]}", fix="train the run again")


def readable_batches(
    files: Mapping[str, Item],
    read: Callable[[str, Item], Any],
    size: int,
    unreadable: dict[str, str],
    *,
    strict: bool,
) -> Iterator[tuple[list[str], list[Any]]]:
    """Yield batches of names and read inputs.

    Inputs that cannot be read are added to ``unreadable``.

    Raises:
        InputError: An input cannot be read and ``strict`` is true, or none can be read.
    """
    names: list[str] = []
    rows: list[Any] = []
    for name, path in files.items():
        try:
            rows.append(read(name, path))
            names.append(name)
        except InputError as error:
            if strict:
                raise
            unreadable[name] = first_line(error)
        if len(names) == size:
            yield names, rows
            names, rows = [], []
    if names:
        yield names, rows
    elif len(unreadable) == len(files):
        raise InputError(
            f"none of the {len(files)} images can be read: {shorten(unreadable)}",
            where=next(iter(unreadable.values())),
        )
