"""The description in an exported file: inputs, outputs and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from gcnlabel import __version__
from gcnlabel.tasks import Task, TaskSet

GREY = "(299 R + 587 G + 114 B) / 1000"
TEXTS = "none; the tokenizer is in the folder backbone of the run"
GRAPHS = "a torch_geometric.data.Batch: x float32, edge_index int64, edge_attr float32, batch int64"
STRETCHED = (
    "whole images stretched",
    "the whole image, rotated by EXIF orientation, stretched to width and height; bilinear with antialiasing: along "
    "each axis, weights max(0, 1 - |d| / max(1, reduction)) of the pixels whose centres are d away, divided by their "
    "sum; where the reduction is 4 or more, boxes of pixels are averaged first (Pillow's BILINEAR with reducing_gap=2)",
)


def describe_model(
    tasks: TaskSet,
    input_shape: Sequence[int],
    *,
    scaling: str | None = None,
    geometry: tuple[str, str] | None = None,
    thresholds: Mapping[str, Sequence[float]] | None = None,
    inside: Mapping[str, Any] | None = None,
    calibration: str | None = None,
    encoder: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the description of an exported file, for its users.

    Args:
        tasks: The predicted tasks.
        input_shape: Shape of one input: (C, H, W) of an image, (D,) of features, (D, A) of a graph, or () of a text.
        scaling: Scaling of pixel values by the network.
        geometry: How images are resized: a short and an exact description; None if whole images are stretched.
        thresholds: Task -> tuned decision thresholds of its tags, as probabilities.
        inside: Scaling of inputs by the network, from :func:`scaling_inside`.
        calibration: One line on how dimensions were calibrated.
        encoder: Record of the encoder of the training features, from ``gcnlabel features``.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> describe_model(TaskSet([MultiLabel("tags", ["cat", "dog"])]), (8,))["outputs"]
        {'tags': {'type': 'multilabel', 'labels': ['cat', 'dog'], 'activation': 'sigmoid', 'thresholds': [0.5, 0.5]}}
    """
    return {
        "format": "gcnlabel.model",
        "version": __version__,
        "versions": {name: version(name) for name in ("torch", "torchvision", "torch_geometric", "numpy")},
        "tasks": tasks.to_dict(),
        "labels": list(tasks.labels),
        "input": _input(tuple(input_shape), scaling, geometry or STRETCHED)
        | ({"inside": dict(inside)} if inside else {})
        | ({"encoder": dict(encoder)} if encoder else {}),
        "outputs": {task.name: _output(task, (thresholds or {}).get(task.name)) for task in tasks},
        **({"calibration": calibration} if calibration else {}),
    }


def _input(shape: tuple[int, ...], scaling: str | None, geometry: tuple[str, str]) -> dict[str, Any]:
    if not shape:
        return {"name": "texts", "dtype": "string", "shape": ["batch"], "preprocessing": TEXTS}
    if len(shape) == 1:
        return {"name": "inputs", "dtype": "float32", "shape": ["batch", *shape], "preprocessing": "none"}
    if len(shape) == 2:
        sizes = {"node_features": shape[0], "edge_features": shape[1]}
        return {"name": "graphs", "dtype": "float32", "shape": ["batch", *shape], **sizes, "preprocessing": GRAPHS}
    colour = "RGB" if shape[0] == 3 else "grey"
    what, exactly = geometry
    described = {
        "preprocessing": f"{colour} images, {what} to {shape[1]} x {shape[2]}; pixel values 0..255, not scaled",
        "colour": colour if shape[0] == 3 else f"{colour}: {GREY}",
        "geometry": exactly,
    }
    scaled = {"scaling_inside": scaling} if scaling else {}
    return {"name": "inputs", "dtype": "uint8", "shape": ["batch", *shape], **described, **scaled}


def _output(task: Task, thresholds: Sequence[float] | None) -> dict[str, Any]:
    output: dict[str, Any] = {"type": task.type, "labels": list(task.labels), "activation": task.activation}
    if task.binary:
        output["thresholds"] = [0.5] * len(task) if thresholds is None else [float(value) for value in thresholds]
    declared = task.to_dict()
    return output | ({"range": declared["range"]} if "range" in declared else {})
