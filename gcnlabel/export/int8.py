"""ONNX files with 8-bit integer quantization, and the accuracy that it costs."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.export.formats import export_model, plain_entries
from gcnlabel.files import atomic_write, refuse_existing, refuse_suffix
from gcnlabel.metrics.main_metrics import is_measurable, main_metric
from gcnlabel.nn import MultiTaskModel
from gcnlabel.optional import optional
from gcnlabel.tasks import TaskSet
from gcnlabel.training.pairs import concatenate

Array = npt.NDArray[Any]
AT_ONCE = 64
"""Batch size."""


@dataclass(frozen=True)
class Samples:
    """Samples for comparing the quantized with the original file.

    Attributes:
        inputs: Inputs [N, ...].
        of: Description of the samples.
        targets: Their targets, to also compare metrics; None if unknown.
        seen: Inputs for calibrating the ranges of activations; required for networks with convolutions.
    """

    inputs: Array
    of: str
    targets: Mapping[str, Tensor] | None = None
    seen: Array | None = None


def export_int8(
    model: MultiTaskModel,
    path: str | Path,
    description: Mapping[str, Any],
    samples: Samples,
    *,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Write a model as ONNX with 8-bit weights, and return the comparison with the float32 model.

    With convolutions, activations have 8 bits too, with ranges calibrated on inputs (static quantization, per channel);
    without, their ranges are determined at run time (dynamic quantization). Weights use 7 of the 8 bits: sums of 8-bit
    products overflow on x86 processors without VNNI.

    Args:
        model: Backbone and any head.
        path: The file.
        description: The description from :func:`describe_model`; the file's has the comparison as ``quantization``.
        samples: Samples for the comparison.
        overwrite: Whether to replace an existing file.

    Raises:
        InputError: onnxruntime or onnx is missing, ``samples.seen`` is required, or the file exists or is not writable.
    """
    refuse_suffix(path, ".onnx", "a model as onnx")
    refuse_existing(path, overwrite)
    for module in ("onnx", "onnxruntime"):
        optional(module, "onnx", "--quantize")
    with tempfile.TemporaryDirectory(prefix="gcnlabel-") as folder:
        float32, int8 = Path(folder, "float32.onnx"), Path(folder, "int8.onnx")
        export_model(model, float32, "onnx", description)
        method = _quantize(float32, int8, samples.seen)
        cost = {"bits": 8, "method": method, "compared_on": samples.of, "samples": len(samples.inputs)}
        before, after = (_outputs(file, samples.inputs) for file in (float32, int8))
        cost |= _compared(model.head.tasks, before, after, samples.targets)
        cost["bytes"] = {"float32": float32.stat().st_size, "int8": int8.stat().st_size}
        content = _described(int8, {**description, "quantization": cost})
    with atomic_write(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(content)
    return cost


def _quantize(source: Path, target: Path, seen: Array | None) -> str:
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic, quantize_static

    graph = onnx.load(source).graph
    with _quiet():
        if not any(node.op_type == "Conv" for node in graph.node):
            quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
            return "dynamic: 7-bit weights in 8 bits, ranges of activations at run time"
        if seen is None:
            raise InputError(
                "--quantize of a network with convolutions needs images to calibrate the ranges of activations",
                fix="make the run's data available at the paths in its config, or omit --quantize",
            )
        rows = _Rows(graph.input[0].name, seen)
        quantize_static(source, target, rows, quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True)
        return f"static: 7-bit weights in 8 bits, 8-bit activations, calibrated on {len(seen)} training inputs"


class _Rows:
    """Batches of inputs for onnxruntime's calibration."""

    def __init__(self, name: str, rows: Array) -> None:
        self._batches = ({name: rows[start : start + AT_ONCE]} for start in range(0, len(rows), AT_ONCE))

    def get_next(self) -> dict[str, Array] | None:
        """Return the next batch; None at the end."""
        return next(self._batches, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress onnxruntime's warnings for developers."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _outputs(path: Path, inputs: Array) -> dict[str, Tensor]:
    """Return task -> scores [N, labels] of an ONNX file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name, outputs = session.get_inputs()[0].name, [output.name for output in session.get_outputs()]
    starts = range(0, len(inputs), AT_ONCE)
    parts = (session.run(None, {name: np.asarray(inputs[start : start + AT_ONCE])}) for start in starts)
    return concatenate(dict(zip(outputs, map(torch.from_numpy, part), strict=True)) for part in parts)


def _compared(
    tasks: TaskSet, before: Mapping[str, Tensor], after: Mapping[str, Tensor], targets: Mapping[str, Tensor] | None
) -> dict[str, Any]:
    """Return the largest difference of activated scores and, with targets, the main metrics of both files."""
    meant = {task.name: (task.activated(before[task.name]), task.activated(after[task.name])) for task in tasks}
    cost: dict[str, Any] = {
        "largest_difference": {name: float((a - b).abs().max()) for name, (a, b) in meant.items()},
    }
    if targets is not None:
        measured = [task for task in tasks if is_measurable(task, targets[task.name])]
        cost["metrics"] = {
            f"{task.name}/{task.main_metric}": {
                kind: main_metric(task, scores[task.name], targets[task.name])
                for kind, scores in (("float32", before), ("int8", after))
            }
            for task in measured
        }
    return cost


def _described(path: Path, description: Mapping[str, Any]) -> bytes:
    import onnx

    proto = onnx.load(path)
    onnx.helper.set_model_props(proto, {"gcnlabel": json.dumps(description), **plain_entries(description)})
    content: bytes = proto.SerializeToString()
    return content
