"""The backbones of the published Emotion-GCN script, recognized by the names of their tensors."""

from __future__ import annotations

import re
from functools import partial

from gcnlabel.errors import InputError, shorten
from gcnlabel.nn.backbones.breg_next import BLOCKS
from gcnlabel.papers.checkpoints.assembly import Architecture
from gcnlabel.papers.checkpoints.checkpoint import PublishedCheckpoint

LAYER = {
    "norm1": "_batchnorm_conv0",
    "conv1": "_conv0",
    "norm2": "_batchnorm_conv1",
    "conv2": "_conv1",
    "shortcut.a": "_shortcut._a",
    "shortcut.c": "_shortcut._c",
}
"""Parts of BReG-NeXt's residual layer: name in this package -> published name."""
DENSENET, BREG_NEXT = re.compile(r"(.*?\.)denseblock1\..*"), re.compile(r"((?:.*?\.)?)_conv0\.weight")
"""A tensor name of each backbone; the group is the prefix of all its tensors."""


def backbone_of(checkpoint: PublishedCheckpoint, *, generated: bool) -> Architecture:
    """Return the architecture of a checkpoint.

    DenseNet-121 is torchvision's ``features``: max-pooled without a ReLU for generated label vectors, with a ReLU and
    average-pooled for linear layers. BReG-NeXt always ends with batch normalization, ELU and average pooling.

    Args:
        checkpoint: The published tensors.
        generated: Whether a GCN generates the label vectors; False for the linear layers of ``single_task`` and
            ``multi_task``.

    Raises:
        InputError: It has neither backbone.
    """
    kind = "Emotion-GCN" if generated else "the linear baseline"
    for name in sorted(checkpoint.state, key=len):
        if found := DENSENET.fullmatch(name):
            pool, options = ("max", {}) if generated else ("average", {"relu": True})
            theirs = partial(_densenet_name, before=found[1])
            return Architecture(f"{kind} with DenseNet-121", "densenet121", pool, 227, theirs, options=options)
        if found := BREG_NEXT.fullmatch(name):
            before = found[1]
            unused = (f"{before}_fc0.weight", f"{before}_fc0.bias") if generated else ()
            theirs = partial(_breg_next_name, before=before)
            return Architecture(f"{kind} with BReG-NeXt", "breg_next", "average", 112, theirs, unused)
    raise InputError(
        f"{checkpoint.path} has an unknown backbone",
        where=f"its tensors: {shorten(checkpoint.state)}",
        expected="DenseNet-121 (features.denseblock1..., model_base.denseblock1...) or BReG-NeXt (model._conv0...)",
    )


def _densenet_name(ours: str, before: str) -> str:
    return ours.replace("network.1.", before, 1)


def _breg_next_name(ours: str, before: str) -> str:
    """Return the published name, ``<before>_model.<block>._layer_stack.<layer>...``, from our global layer number."""
    _, position, part = ours.split(".", 2)
    if position == "1":
        return f"{before}_conv0.{part}"
    number = int(position) - 2
    for block, (count, _, _) in enumerate(BLOCKS):
        if number < count:
            name = next(name for name in LAYER if part.startswith(name))
            return f"{before}_model.{block}._layer_stack.{number}.{part.replace(name, LAYER[name], 1)}"
        number -= count
    return f"{before}_model.{len(BLOCKS)}.{part}"
