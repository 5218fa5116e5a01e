"""What an exported file says of itself, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gcnlabel import __version__
from gcnlabel.tasks import Dimensional, Task, TaskSet

ACTIVATIONS = {"categorical": "softmax", "multilabel": "sigmoid", "dimensional": "identity"}
"""What turns the scores of a task into what they mean."""


def describe_model(
    tasks: TaskSet,
    input_shape: Sequence[int],
    *,
    scaling: str | None = None,
    thresholds: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Return what a user of the exported file has to know.

    Args:
        tasks: What the model predicts.
        input_shape: Shape of one input: (C, H, W) of an image, or (D,) of features.
        scaling: How the network scales grey values.
        thresholds: Probability from which each tag of a task counts as predicted, when they were tuned.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> describe_model(TaskSet([MultiLabel("tags", ["cat", "dog"])]), (8,))["outputs"]
        {'tags': {'type': 'multilabel', 'labels': ['cat', 'dog'], 'activation': 'sigmoid', 'thresholds': [0.5, 0.5]}}
    """
    return {
        "format": "gcnlabel.model",
        "version": __version__,
        "tasks": tasks.to_dict(),
        "labels": list(tasks.labels),
        "input": _input(tuple(input_shape), scaling),
        "outputs": {task.name: _output(task, (thresholds or {}).get(task.name)) for task in tasks},
    }


def _input(shape: tuple[int, ...], scaling: str | None) -> dict[str, Any]:
    if len(shape) == 1:
        return {"name": "inputs", "dtype": "float32", "shape": ["batch", *shape], "preprocessing": "none to be done"}
    order = "RGB" if shape[0] == 3 else "grey"
    text = (
        f"{order} images, aligned as in training and scaled to {shape[1]} x {shape[2]}; grey values 0..255 as they are"
    )
    scaled = {"scaling_inside": scaling} if scaling else {}
    return {"name": "inputs", "dtype": "uint8", "shape": ["batch", *shape], "preprocessing": text, **scaled}


def _output(task: Task, thresholds: Sequence[float] | None) -> dict[str, Any]:
    output: dict[str, Any] = {"type": task.type, "labels": list(task.labels), "activation": ACTIVATIONS[task.type]}
    if task.type == "multilabel":
        output["thresholds"] = [0.5] * len(task) if thresholds is None else [float(value) for value in thresholds]
    if isinstance(task, Dimensional) and task.range is not None:
        output["range"] = list(task.range)
    return output
