"""Write folded models as ONNX, safetensors or ``torch.export`` archives."""

from __future__ import annotations

import importlib.util
import io
import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gcnlabel.errors import InputError, closest
from gcnlabel.files import atomic_write, refuse_suffix, sort_header
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.backbone import KINDS

Description = Mapping[str, Any]


class _InOrder(nn.Module):
    """A model with a tuple of outputs in the order of its tasks, instead of a dict."""

    def __init__(self, model: MultiTaskModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.model(inputs).values())


def export_model(
    model: MultiTaskModel, path: str | Path, format: str, description: Description, *, overwrite: bool = False
) -> None:
    """Write a model, folded, as one file that contains its description.

    The scores of each task are an output with its name; the batch size is dynamic.

    Args:
        model: Backbone and any head.
        path: The file.
        format: ``onnx`` (runs in onnxruntime; description in its metadata), ``safetensors`` (only weights; description
            in its metadata) or ``torch-export`` (runs with only PyTorch; description in the extra file
            ``gcnlabel.json``).
        description: The description from :func:`describe_model`.
        overwrite: Whether to replace an existing file.

    Raises:
        InputError: The format is unknown or contradicts the suffix, its library is not installed, the model takes
            graphs or texts and the format is not ``safetensors``, or the file exists or cannot be written.
    """
    if format not in FORMATS:
        raise InputError(f"unknown format {format!r}", expected=" | ".join(FORMATS), fix=closest(format, FORMATS))
    kind = KINDS.get(len(description["input"]["shape"]) - 1)
    if format != "safetensors" and kind in ("graphs", "texts"):
        raise InputError(
            f"a model of {kind} as {format}",
            expected="safetensors, which has only the weights",
            fix="gcnlabel predict, gcnlabel serve, or gcnlabel.prediction.load_network(RunFolder(RUN)).model in Python",
        )
    refuse_suffix(path, SUFFIXES[format], f"a model as {format}")
    fused = model.fuse()
    with atomic_write(Path(path), overwrite=overwrite) as temporary:
        FORMATS[format](fused, temporary, description)


def _onnx(model: MultiTaskModel, path: Path, description: Description) -> None:
    for name in ("onnx", "onnxscript"):
        if importlib.util.find_spec(name) is None:
            raise InputError(f"{name} is not installed", fix="pip install 'gcnlabel[onnx]'")
    import onnx

    with warnings.catch_warnings():  # the exporter's own deprecations
        warnings.simplefilter("ignore")
        program: Any = torch.onnx.export(
            _InOrder(model),
            (_example(description),),
            input_names=[description["input"]["name"]],
            output_names=list(description["outputs"]),
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            dynamo=True,
            verbose=False,
        )
    proto = program.model_proto
    onnx.helper.set_model_props(proto, {"gcnlabel": json.dumps(description), **plain_entries(description)})
    path.write_bytes(proto.SerializeToString())


def _safetensors(model: MultiTaskModel, path: Path, description: Description) -> None:
    tensors = {name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}  # heads share biases
    save_file(tensors, path, metadata={"gcnlabel": json.dumps(description), **plain_entries(description)})
    sort_header(path)


def _torch_export(model: MultiTaskModel, path: Path, description: Description) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(
            model, (_example(description),), dynamic_shapes=({0: torch.export.Dim("batch")},), strict=False
        )
        archive = io.BytesIO()  # torch aborts the process if a file cannot be written
        torch.export.save(program, archive, extra_files={"gcnlabel.json": json.dumps(description)})
    path.write_bytes(archive.getbuffer())


FORMATS: dict[str, Callable[[MultiTaskModel, Path, Description], None]] = {
    "onnx": _onnx,
    "safetensors": _safetensors,
    "torch-export": _torch_export,
}
SUFFIXES = {"onnx": ".onnx", "safetensors": ".safetensors", "torch-export": ".pt2"}


def _example(description: Description) -> Tensor:
    shape = [2, *description["input"]["shape"][1:]]
    return torch.zeros(shape, dtype=getattr(torch, description["input"]["dtype"]))


def plain_entries(description: Description) -> dict[str, str]:
    """Return labels and tasks as separate JSON entries of the metadata."""
    return {"labels": json.dumps(description["labels"]), "tasks": json.dumps(description["tasks"])}
